/**
 * The public door of modeshift: named re-exports and nothing else. The core loads without ioredis; the Redis bus is
 * behind `modeshift/redis`, XState's own types behind `modeshift/xstate`.
 *
 * @packageDocumentation
 */
export { createLifecycleManager } from "./lifecycle-manager.ts";
export type { Inspect, LifecycleManager, LifecycleManagerOptions } from "./lifecycle/manager-options.ts";
export type { ChangeModeOptions } from "./lifecycle/change-mode.ts";
export type { Logger, LogMethod } from "./lifecycle/logger.ts";
export type { ModePlan } from "./lifecycle/mode-plan.ts";
export { ModeshiftError, type ErrorCode } from "./errors.ts";
export { systemClock, type Clock, type TimerHandle } from "./clock.ts";

export { defineCatalogue, type DefineOptions } from "./config/define-catalogue.ts";
export type {
  CatalogueInput,
  InvariantInput,
  ModeInput,
  Named,
  NodeInput,
  NodeName,
  NodeSettingsInput,
  ReadyInput,
  RestartInput,
} from "./config/catalogue-input.ts";
export type { DurationInput } from "./config/duration.ts";
export { loadCatalogue, type LoadOptions } from "./config/load-catalogue.ts";
export type { Environment } from "./config/interpolate.ts";
export { ConfigError, type ConfigProblem } from "./config/problem.ts";
export { noteCatalogue, type CatalogueNote } from "./config/catalogue-notes.ts";
export type {
  Catalogue,
  FaultBudget,
  Invariant,
  Mode,
  NodeSpec,
  OnBusy,
  OnFailure,
  Readiness,
  RestartPolicy,
  ServiceOptions,
} from "./modes/catalogue.ts";
export { calculateModeDiff, type ModeDiff } from "./modes/diff.ts";
export { planTransition, wavesOf, type Plan, type Step } from "./modes/plan.ts";
export type { Health, HealthReason, HealthStatus } from "./modes/health.ts";
export type { NodeExit, NodeState, NodeStatus, Observed, ObservedNode } from "./modes/observation.ts";
export type {
  NodeError,
  NodePhase,
  Outcome,
  Reason,
  ReasonCode,
  TransitionResult,
  UntimedResult,
  Verdict,
} from "./modes/result.ts";
export type { ModeRequest } from "./modes/request.ts";

export {
  neverTogetherPairs,
  verifyCatalogue,
  type VerifyOptions,
  type VerifyProgress,
} from "./verify/verify-catalogue.ts";
export type { PropertyReport, PropertyVerdict, VerificationReport } from "./verify/report.ts";

export { processSupervisor, type ProcessSupervisorOptions } from "./supervisor/process-supervisor.ts";
export { supervisorFrom, type SupervisorFromOptions } from "./supervisor/supervisor-from.ts";
export type { NodeCall, NodeFunctions } from "./supervisor/function-incarnation.ts";
export { NodeFault, type NodeFaultCode } from "./supervisor/node-fault.ts";
export type {
  NodeLog,
  PlaceRecord,
  StopOptions,
  Supervisor,
  SupervisorCapabilities,
  SupervisorContext,
  SupervisorEvent,
  SupervisorOpened,
  WaitOptions,
} from "./supervisor/supervisor.ts";

export { memoryBus, type DeadLetter, type MemoryBus } from "./bus/memory-bus.ts";
export type { ModeActor } from "./bus/bridge.ts";
export type {
  Bus,
  BusContext,
  BusHealth,
  ManagerState,
  Publication,
  RivalWait,
  RivalWatch,
} from "./bus/bus.ts";
export type { EventData, EventType, ManagerEvent, Phase, UnnumberedEvent } from "./bus/event.ts";
export type { TransitionCause } from "./machines/events.ts";
