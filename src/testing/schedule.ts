/**
 * A schedule: what happens to a manager and its nodes, and when. Plain data, so that it can be generated, shrunk,
 * printed and kept.
 *
 * play-schedule.ts plays it; arbitraries make random ones.
 */
import type { OnBusy } from "../modes/catalogue.ts";
import type { NodeExit } from "../modes/observation.ts";
import type { FakeBehaviour } from "./fake-process.ts";

/** A request, by the library or by the bus. Ids are given in order: r1, r2, ... */
export interface RequestStep {
  readonly do: "request";
  readonly door: "library" | "bus";
  /** A mode's name; on the bus it may be any text. */
  readonly mode: string;
  readonly onBusy?: OnBusy;
  /** The latest moment to begin, ms from now. */
  readonly deadlineMs?: number;
}

/** A node's process ends unasked. */
export interface CrashStep {
  readonly do: "crash";
  readonly node: string;
  readonly exit?: NodeExit;
}

/** The user restarts one node. */
export interface RestartStep {
  readonly do: "restart";
  readonly node: string;
}

/** What can be done from inside an event, too. */
export type ImmediateStep = RequestStep | CrashStep | RestartStep | { readonly do: "stop" };

/** Events of the manager that a step can be tied to. */
export type Trigger = "accepted" | "transition" | "node" | "result";

/** One thing that happens. */
export type ScheduleStep =
  | ImmediateStep
  /** Time passes. */
  | { readonly do: "wait"; readonly ms: number }
  /** `then` happens synchronously inside the manager's next event of this type: the worst moment there is. */
  | { readonly do: "when"; readonly event: Trigger; readonly then: ImmediateStep };

/** Everything that happens in one run. */
export interface Schedule {
  /** Per node: its behaviour at each start, the last one for ever. Nodes without an entry work at once. */
  readonly nodes: ReadonlyMap<string, readonly FakeBehaviour[]>;
  readonly steps: readonly ScheduleStep[];
}
