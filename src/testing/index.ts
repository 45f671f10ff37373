/**
 * The door `modeshift/testing`: parts to test modes, supervisors and buses with, on any test runner.
 *
 * Loading it needs no fast-check: `loadArbitraries()` loads what does.
 */
export { loadArbitraries, type Arbitraries } from "./load-arbitraries.ts";
export type { Moment, Played, Rest } from "./journal.ts";
export type { CreateModelSystem, Faults, ModelSystem } from "./model-system.ts";
export { modelTests, type ModelTest, type ModelTestOptions } from "./model-tests.ts";
export { playSchedule } from "./play-schedule.ts";
export type {
  CrashStep,
  ImmediateStep,
  RequestStep,
  RestartStep,
  Schedule,
  ScheduleStep,
  Trigger,
} from "./schedule.ts";
export type { ScheduleLimits } from "./schedule-arbitrary.ts";
export type { CatalogueSize } from "./arbitraries.ts";
export { busContract, type BusContractCase } from "./bus-contract.ts";
export type { BusHarness } from "./bus-harness.ts";
export type { FakeBehaviour } from "./fake-process.ts";
export { describeEntry, type FactKind, type FakeEntry } from "./fake-record.ts";
export {
  fakeSupervisor,
  type FakeSupervisor,
  type FakeScript,
  type FakeSupervisorOptions,
} from "./fake-supervisor.ts";
export { simulatedClock, type SimulatedClock } from "./simulated-clock.ts";
export {
  supervisorContract,
  type SupervisorContractCase,
  type SupervisorContractOptions,
} from "./supervisor-contract.ts";
export type { ContractBehaviour, ContractNode, SupervisorHarness } from "./supervisor-harness.ts";
