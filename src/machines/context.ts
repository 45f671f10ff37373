/**
 * The mode machine's context: plain JSON, nothing that a snapshot or an inspector could not show.
 *
 * `observed` is an array of pairs, not an object, because a node may be called `__proto__`.
 */
import type { ObservedNode } from "../modes/observation.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { NodeError } from "../modes/result.ts";
import type { NumberedPlan, TransitionCause } from "./events.ts";

/** A transition under way, from the begin of its request to its answer: one or more plans (legs). */
export interface Transition {
  /** What the running leg is: the request itself, or its rollback or fallback. */
  readonly cause: TransitionCause;
  readonly request: ModeRequest;
  /** Requests for the mode being entered: answered with the same outcome (I8). */
  readonly joined: readonly ModeRequest[];
  /** The settled mode at begin: S of I14. */
  readonly from: string | null;
  /** Where the running leg goes; null: shutdown. */
  readonly to: string | null;
  readonly attempt: number;
  readonly started: readonly string[];
  readonly stopped: readonly string[];
  /** Errors of all legs so far. */
  readonly errors: readonly NodeError[];
  /** How many of `errors` belong to earlier legs. */
  readonly earlierErrors: number;
}

/** What the machine knows. */
export interface ModeContext {
  /** The settled mode; null before the first settling. */
  readonly current: string | null;
  readonly observed: readonly (readonly [string, ObservedNode])[];
  readonly transition: Transition | null;
  /** The plan last sent to the executor. */
  readonly plan: NumberedPlan | null;
  readonly waiting: readonly ModeRequest[];
  /** When an urgent mode last settled: requests enqueued before are refused (I9). */
  readonly urgentSettledAt: number | null;
  readonly shuttingDown: boolean;
  /** From the boot event; part of the ids of internal requests. */
  readonly epoch: number;
  /** How many internal requests there have been. */
  readonly autoRequests: number;
}

/** The context of a machine that has seen nothing yet. */
export const initialContext: ModeContext = {
  current: null,
  observed: [],
  transition: null,
  plan: null,
  waiting: [],
  urgentSettledAt: null,
  shuttingDown: false,
  epoch: 0,
  autoRequests: 0,
};

/** The observation with one node's entry replaced; order of first sight is kept. */
export function withObserved(
  observed: ModeContext["observed"],
  node: string,
  seen: ObservedNode,
): ModeContext["observed"] {
  const index = observed.findIndex((entry) => entry[0] === node);
  return index < 0 ? [...observed, [node, seen]] : observed.with(index, [node, seen]);
}
