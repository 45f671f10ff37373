/**
 * The results that a bus makes itself, `rejected`: for a message with a readable id that is no request, and for what
 * nobody will read any more.
 *
 * Every other answer is the machine's (I7).
 */
import type { Reason, TransitionResult } from "../modes/result.ts";
import type { ManagerState } from "./bus.ts";

/** What is known of a request that never reaches the machine. */
export interface RefusedRequest {
  readonly id: string;
  /** As asked for; empty when the message names none. */
  readonly mode: string;
  readonly by?: string | undefined;
}

/** Answers it. `at`: ms since the Unix epoch. */
export function refusal(
  { id, mode, by }: RefusedRequest,
  reason: Reason,
  state: ManagerState,
  at: number,
): TransitionResult {
  return {
    requestId: id,
    outcome: "rejected",
    ok: false,
    requestedMode: mode,
    ...(by === undefined ? {} : { by }),
    previousMode: state.mode,
    currentMode: state.mode,
    nodesStarted: [],
    nodesStopped: [],
    errors: [],
    reason,
    attempt: 0,
    durationMs: 0,
    at,
  };
}

/** Why a malformed message is refused. */
export function malformed(problem: string): Reason {
  return { code: "MALFORMED", message: `The request could not be read: ${problem}.` };
}
