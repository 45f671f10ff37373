/**
 * The one result that a bus makes itself: `rejected` MALFORMED, for a message that has a readable id but is no request.
 *
 * Every other answer is the machine's (I7).
 */
import type { TransitionResult } from "../modes/result.ts";
import type { ManagerState } from "./bus.ts";
import type { MalformedRequest } from "./request-message.ts";

/** Answers a malformed request. `at`: ms since the Unix epoch. */
export function malformedResult(
  request: MalformedRequest & { readonly id: string },
  state: ManagerState,
  at: number,
): TransitionResult {
  return {
    requestId: request.id,
    outcome: "rejected",
    ok: false,
    requestedMode: request.mode,
    previousMode: state.mode,
    currentMode: state.mode,
    nodesStarted: [],
    nodesStopped: [],
    errors: [],
    reason: { code: "MALFORMED", message: `The request could not be read: ${request.problem}.` },
    attempt: 0,
    durationMs: 0,
    at,
  };
}
