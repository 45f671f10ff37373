/**
 * The supervisor port: what the manager asks of whatever runs nodes, and the contract of every implementation.
 *
 * process-supervisor.ts (real processes), supervisor-from.ts (the seed's three methods) and the testing kit's
 * FakeSupervisor implement it; each passes the contract suite in src/testing, one test per line below.
 *
 *  1. Per node one queue: operations on one node never overlap; nodes never wait for each other.
 *  2. start on starting or ready joins; start on stopping comes after the stop; both operations are idempotent.
 *  3. stop on starting supersedes the start, which rejects with code SUPERSEDED; stop in backoff or readiness wins at once.
 *  4. start resolves when the node is ready (a oneshot: when it is done) and rejects with a {@link NodeFault} otherwise;
 *     after a rejection the node does not run, or is observed to.
 *  5. stop resolves only when the whole tree of processes is gone; it rejects NODE_STUCK when that cannot be had, and
 *     the node then counts as running.
 *  6. Abort of a start's signal stops the node; abort of a stop's signal ends the wait only (both reject ABORTED).
 *  7. A deadline ends the wait in the same way, with the node observed once more before it is judged (I17).
 *  8. start refuses CONFLICT_RUNNING right before the spawn, restarts included, while a conflicting node runs (I12).
 *  9. start and stop show their state (starting, stopping) before they return, however late the process follows: a plan
 *     made in the same turn must see it (I2, I8). Every change of state is in `running()` before it is emitted, and emitted synchronously, stamped with the
 *     generation (I10); a start's event precedes its promise's settling.
 * 10. Entering stop cancels restart policy and backoff for good (I20).
 */
import type { Observable } from "rxjs";
import type { Clock } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { NodeStatus } from "../modes/observation.ts";

/** A node changed state. `cause` says in a few words what made it, for people. */
export interface SupervisorEvent {
  readonly node: string;
  readonly status: NodeStatus;
  readonly cause: string;
}

/** What an implementation can and cannot do, shown in `modeshift status`. */
export interface SupervisorCapabilities {
  /** `process`, `functions`, `fake`, ... */
  readonly kind: string;
  /** How far "the whole tree" reaches: `cgroup`, `group` (process group and environment marker), `none`. */
  readonly isolation: "cgroup" | "group" | "none";
  /** Deaths are seen at once; false: found by polling. */
  readonly observesExits: boolean;
  readonly readsLogs: boolean;
  readonly notes: readonly string[];
}

/** How one wait is bounded. `deadline` is absolute on the clock given to `open`. */
export interface WaitOptions {
  readonly signal?: AbortSignal;
  readonly deadline?: number;
}

/** `force`: SIGKILL at once instead of stop_signal, also when a gentler stop is already under way. */
export interface StopOptions extends WaitOptions {
  readonly force?: boolean;
}

/** Where the manager stood, kept across its death by supervisors that can (I18). Plain JSON. */
export interface PlaceRecord {
  readonly settled: string | null;
  readonly target: string | null;
  readonly request: { readonly id: string; readonly mode: string } | null;
  readonly urgent: boolean;
}

/** What `open` is given. */
export interface SupervisorContext {
  readonly namespace: string;
  readonly clock: Clock;
  /** Wait while another manager holds the state directory (standby) instead of rejecting STATE_LOCKED. */
  readonly waitForLock: boolean;
  /** Called when it has to wait, with who holds it. */
  readonly onStandby?: (holder: string) => void;
  /** Asked about once a second while waiting: the process that holds it (`<host>/<pid>`) hangs, and may be outbid. */
  readonly isAbandoned?: (process: string) => Promise<boolean>;
  /** Called once, when another manager has taken over what this one holds: nothing is started or signalled any more. */
  readonly onFenced?: () => void;
  readonly signal?: AbortSignal;
}

/** What `open` found. */
export interface SupervisorOpened {
  /** Higher than that of every manager before on this state directory. */
  readonly epoch: number;
  /** Where the last manager stood when it died; null after a clean stop, or when nothing is kept. */
  readonly interrupted: PlaceRecord | null;
  /** Nodes of a dead manager that were still running and have been stopped. */
  readonly leftovers: readonly string[];
  /** `<host>/<pid>` of the manager before this one, when it did not end in good order: it is dead, or outbid. */
  readonly predecessor?: string | undefined;
}

/** Reads of a node's captured output. */
export interface NodeLog {
  /** The last lines, oldest first, without line ends; an empty list when there is no log. */
  tail(lines: number): Promise<readonly string[]>;
  /**
   * The last whole lines, then each line as it is written: none missing, none twice, across rotations too. Cold; ends
   * when unsubscribed.
   */
  follow(lines: number): Observable<string>;
}

/** Runs nodes. See the contract in the file header. */
export interface Supervisor {
  readonly capabilities: SupervisorCapabilities;
  /** Hot; never errors; completes on close. */
  readonly events$: Observable<SupervisorEvent>;
  /** Nodes the last manager left behind are stopped before it resolves. @throws STATE_LOCKED, STATE_UNWRITABLE */
  open(nodes: ReadonlyMap<string, NodeSpec>, context: SupervisorContext): Promise<SupervisorOpened>;
  /** Every managed node ever seen, stopped ones included. A new Map each time. */
  running(): ReadonlyMap<string, NodeStatus>;
  start(node: string, options?: WaitOptions): Promise<void>;
  stop(node: string, options?: StopOptions): Promise<void>;
  /** SIGKILL to every node at once, for a second Ctrl-C. Does not wait. */
  killAll(): void;
  /** Keeps the manager's place; null erases it (a clean stop). Absent: nothing is kept. */
  record?(place: PlaceRecord | null): void;
  /** Absent when output is not captured. */
  log?(node: string): NodeLog;
  /** Nodes are stopped by the caller before. Releases the lock. Idempotent. */
  close(): Promise<void>;
}
