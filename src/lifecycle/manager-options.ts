/**
 * What `createLifecycleManager` takes, and what it gives: the manager's public face.
 */
import type { Observable } from "rxjs";
import type { InspectionEvent, Observer } from "xstate";
import type { ModeActor } from "../bus/bridge.ts";
import type { Bus, ManagerState } from "../bus/bus.ts";
import type { ManagerEvent } from "../bus/event.ts";
import type { Clock } from "../clock.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import type { ModeDiff } from "../modes/diff.ts";
import type { NodeStatus } from "../modes/observation.ts";
import type { NodeError, TransitionResult } from "../modes/result.ts";
import type { NodeLog, Supervisor, SupervisorCapabilities } from "../supervisor/supervisor.ts";
import type { ChangeModeOptions } from "./change-mode.ts";
import type { Logger } from "./logger.ts";
import type { ModePlan } from "./mode-plan.ts";

/** Receives XState inspection events: a function, or an observer such as `inspector.inspect` of @statelyai/inspect. */
export type Inspect = ((event: InspectionEvent) => void) | Observer<InspectionEvent>;

/** The parts of a manager. Only the catalogue has no default. */
export interface LifecycleManagerOptions<M extends string = string, N extends string = string> {
  readonly catalogue: Catalogue<M, N>;
  /** @defaultValue `processSupervisor()` */
  readonly supervisor?: Supervisor;
  /** @defaultValue `memoryBus()` */
  readonly bus?: Bus;
  /** What it throws is ignored. */
  readonly inspect?: Inspect;
  /** @defaultValue silence */
  readonly logger?: Logger;
  /** @defaultValue `systemClock` */
  readonly clock?: Clock;
  /**
   * Wait in `start()` while another manager holds the state directory, instead of rejecting STATE_LOCKED, and while one
   * holds the bus's lease. One that hangs past its lease is outbid.
   */
  readonly standby?: boolean;
}

/** Makes what runs equal to the mode. */
export interface LifecycleManager<
  M extends string = string,
  N extends string = string,
> extends AsyncDisposable {
  /**
   * Takes the nodes over, stops leftovers of a dead manager, and boots. Resolves with the boot transition's result,
   * whatever its outcome; does not wait for the bus.
   *
   * @throws ModeshiftError STATE_LOCKED, STATE_UNWRITABLE, PLATFORM_UNSUPPORTED, CLOSED
   */
  start(): Promise<TransitionResult<M>>;
  /**
   * Asks for a mode and resolves with the one answer. A refusal is an answer too (`rejected`).
   *
   * @throws ModeshiftError MODE_UNKNOWN, BAD_OPTION, NOT_STARTED, CLOSED, ABORTED
   */
  changeMode(mode: M, options?: ChangeModeOptions): Promise<TransitionResult<M>>;
  /** What would be stopped, started and kept. @throws ModeshiftError MODE_UNKNOWN */
  calculateModeDiff(mode: M): ModeDiff<N>;
  /** The dry run: diff, order, and why it would be refused now. @throws ModeshiftError MODE_UNKNOWN */
  plan(mode: M): ModePlan<M, N>;
  /**
   * Stops a node of the current mode and starts it again, outside any transition. Resolves with its failure, or null.
   *
   * @throws ModeshiftError NODE_UNKNOWN, BAD_OPTION (not in the current mode, or a transition is running)
   */
  restartNode(node: N): Promise<NodeError | null>;
  /** A node's captured output; undefined when the supervisor captures none. @throws ModeshiftError NODE_UNKNOWN */
  log(node: N): NodeLog | undefined;
  /** SIGKILL to every node at once, without waiting: for a second Ctrl-C. */
  killAll(): void;
  /**
   * Answers what is pending, stops the nodes, then resolves. Idempotent; never rejects.
   */
  stop(): Promise<void>;

  readonly catalogue: Catalogue<M, N>;
  readonly capabilities: SupervisorCapabilities;
  /** The settled mode; null before the first settling. */
  readonly currentMode: M | null;
  /** Names of the nodes that run, observed now. */
  readonly runningNodes: readonly N[];
  /** Every managed node that was ever seen. */
  readonly nodes: ReadonlyMap<string, NodeStatus>;
  /** The running mode machine, to be looked at: send it nothing. */
  readonly actor: ModeActor;
  readonly state: ManagerState;
  /** The current state on subscription, then every change. Completes on stop. */
  readonly state$: Observable<ManagerState>;
  /** Hot, no replay. Completes on stop, never errors. */
  readonly results$: Observable<TransitionResult<M>>;
  /** Hot, no replay. Completes on stop, never errors. */
  readonly events$: Observable<ManagerEvent>;
}
