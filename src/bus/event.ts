/**
 * Everything a manager tells the world, as one union: the content of the `events` stream, of `manager.events$`, of
 * the local door's stream and of the inspector's log.
 *
 * Pure data in camelCase; messages.ts prints it in snake_case.
 */
import type { TransitionCause } from "../machines/events.ts";
import type { OnBusy } from "../modes/catalogue.ts";
import type { Health } from "../modes/health.ts";
import type { NodeExit, NodeState } from "../modes/observation.ts";
import type { Plan } from "../modes/plan.ts";
import type { TransitionResult } from "../modes/result.ts";

/** booting ... standby, as `status` shows it. */
export type Phase =
  | "booting"
  | "idle"
  | "stopping"
  | "starting"
  | "rolling_back"
  | "falling_back"
  | "shutting_down"
  | "standby";

/** The payload of each event type. */
export interface EventData {
  /** position: how many requests are before it; 0: it begins now. */
  readonly accepted: {
    readonly mode: string;
    readonly by: string | null;
    readonly onBusy: OnBusy;
    readonly position: number;
  };
  readonly transition: {
    readonly cause: TransitionCause;
    readonly from: string | null;
    /** Null: shutdown. */
    readonly to: string | null;
    readonly plan: Plan;
    readonly attempt: number;
  };
  /** At most 10 a second. waitingFor: nodes whose operation is in flight. */
  readonly progress: {
    readonly phase: Phase;
    readonly done: number;
    readonly total: number;
    readonly waitingFor: readonly string[];
  };
  readonly node: {
    readonly node: string;
    readonly state: NodeState;
    readonly generation: number;
    readonly pid: number | null;
    readonly exit: NodeExit | null;
    readonly restarts: number;
    readonly gaveUp: boolean;
    readonly since: number;
    /** When the process of this incarnation was started; null: not yet. No event of its own: no state changes then. */
    readonly spawnedAt: number | null;
    readonly cause: string;
  };
  readonly health: Health;
  readonly result: TransitionResult;
  readonly manager: {
    readonly what: "up" | "standby" | "takeover" | "fenced" | "gap" | "down";
    readonly holder: string;
    readonly epoch: number;
    readonly dropped?: number;
  };
}

/** `accepted`, `transition`, ... */
export type EventType = keyof EventData;

/** An event before a bus has numbered it. `id`: the request it belongs to, or "". `at`: ms since the Unix epoch. */
export type UnnumberedEvent = {
  readonly [Type in EventType]: {
    readonly type: Type;
    readonly id: string;
    readonly at: number;
    readonly data: EventData[Type];
  };
}[EventType];

/** An event. `seq` grows by exactly 1; a hole or a fall means: read the snapshot again (I16). */
export type ManagerEvent = UnnumberedEvent & { readonly seq: number };
