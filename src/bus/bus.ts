/**
 * The bus port: where requests come from and where everything the manager tells goes.
 *
 * memory-bus.ts and redis-bus.ts implement it and pass the contract suite in src/testing. It leaves judging requests
 * to the machine and remembering ids for ten minutes to known-ids.ts.
 */
import type { Observable } from "rxjs";
import type { Clock } from "../clock.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import type { Health } from "../modes/health.ts";
import type { NodeStatus } from "../modes/observation.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { Phase, UnnumberedEvent } from "./event.ts";

/** Bus health, apart from the robot's. reason: what is wrong and what the bus is doing about it. */
export interface BusHealth {
  readonly status: "connected" | "connecting" | "fault" | "standby";
  readonly reason?: string;
  /** Who holds the lease, where there is one. */
  readonly holder?: string;
}

/** The whole current state of a manager: what a late joiner is given (I16). Plain JSON. */
export interface ManagerState {
  readonly namespace: string;
  /** The settled mode; null before the first settling. */
  readonly mode: string | null;
  /** Where a running transition goes; the settled mode when none runs. */
  readonly target: string | null;
  readonly phase: Phase;
  readonly health: Health;
  /** The request being executed; null when none is. */
  readonly request: string | null;
  /** Ids of the requests that wait, in order. */
  readonly waiting: readonly string[];
  /** Nodes whose operation a running transition waits for. */
  readonly waitingFor: readonly string[];
  readonly epoch: number;
  /** Who runs the nodes: this manager, or in phase `standby` the one that it waits for. */
  readonly holder: string;
  readonly bus: BusHealth;
  readonly nodes: ReadonlyMap<string, NodeStatus>;
}

/** What happened in one event-loop turn, with the state after it. Published in one go. */
export interface Publication {
  readonly events: readonly UnnumberedEvent[];
  readonly state: ManagerState;
}

/** What `open` is given. */
export interface BusContext {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  /** Who we are: `<host>/<pid>/<random>`. */
  readonly holder: string;
  readonly epoch: number;
  /** The whole state now: read when the bus has to publish it anew (reconnect, takeover). */
  readonly state: () => ManagerState;
  /** Something worth a line in the log. */
  readonly log: (level: "debug" | "info" | "warn" | "error", message: string) => void;
}

/** How to wait until no other manager has the robot. */
export interface RivalWait {
  /** `<host>/<pid>` of the manager before this one on the same nodes, which is dead or outbid: no rival. */
  readonly predecessor?: string | undefined;
  /** Called when it has to wait, with who lives. */
  readonly onStandby: (holder: string) => void;
  readonly signal: AbortSignal;
}

/** Looks whether another manager of the namespace lives, for one that has touched nothing yet ("Lock and lease"). */
export interface RivalWatch {
  /**
   * Whether the process (`<host>/<pid>`) answered in this namespace, has fallen silent without a word, and nobody has
   * followed: it hangs. False when that cannot be told. Never rejects.
   */
  isAbandoned(process: string): Promise<boolean>;
  /** Resolves when no rival is seen; at once when the far end is away: a robot boots without it. @throws ABORTED */
  untilGone(wait: RivalWait): Promise<void>;
  close(): void;
}

/** Carries requests in and events out. No method throws for the far end's faults: they show in `health$`. */
export interface Bus {
  /** Replays the current health on subscription, then distinct changes. Never errors; completes on close. */
  readonly health$: Observable<BusHealth>;
  /** Before `open`, by a manager that may stand by. Absent: no other manager can be on this bus. */
  rivals?(): RivalWatch;
  /** Once, before anything else. Does not wait for a connection. @throws BAD_OPTION */
  open(context: BusContext): void;
  /**
   * Requests in reading order. Cold: subscribing begins to read, unsubscribing stops reading and leaves unread ones
   * where they are. Never errors. Malformed ones never get here: they go to dead-letter, answered when they have an id.
   */
  readonly requests$: Observable<ModeRequest>;
  /**
   * Takes a publication over; never blocks, never throws. While the far end is away results are kept and the rest is
   * counted as dropped. A `result` event commits its request: it is answered, once, and not delivered again.
   */
  publish(publication: Publication): void;
  /** Resolves when everything taken over is written, or the time (ms) is up; then releases the lease. Idempotent. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
