/**
 * Settlement: what the end of a plan leads to. Pure; the machine's guards and actions ask it.
 *
 * Holds the outcome table of I14, the crash rule of I20 (a wanted node that is not up when everything else has
 * ended), and the order continue | rollback | fallback.
 */
import { findMode, type Catalogue } from "../modes/catalogue.ts";
import { exitText, stateText } from "../modes/health.ts";
import { isUp } from "../modes/observation.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { NodeError, UntimedResult, Verdict } from "../modes/result.ts";
import type { ModeContext, Transition } from "./context.ts";

/** Where a plan's end leads: another leg, or the answer. */
export type Settlement =
  | { readonly kind: "rollback" | "fallback"; readonly to: string; readonly errors: readonly NodeError[] }
  | { readonly kind: "answer"; readonly verdict: Verdict; readonly errors: readonly NodeError[] };

/** Decides at `plan.done`. `errors`: all legs' errors, this leg's crashes added. */
export function settle(catalogue: Catalogue, context: ModeContext, transition: Transition): Settlement {
  const errors = [...transition.errors, ...crashes(catalogue, context, transition)];
  const failed = errors.length > transition.earlierErrors;
  if (!failed) return { kind: "answer", verdict: success(context, transition), errors };
  const { fallbackMode } = catalogue;
  const fallback = (): Settlement =>
    fallbackMode === null || fallbackMode === transition.to
      ? { kind: "answer", verdict: degraded, errors }
      : { kind: "fallback", to: fallbackMode, errors };
  if (transition.cause === "fallback") return { kind: "answer", verdict: degraded, errors };
  if (transition.cause === "rollback") {
    return fallbackMode === null
      ? { kind: "answer", verdict: rollbackFailed(transition), errors }
      : fallback();
  }
  const policy =
    transition.to === null ? "continue" : (findMode(catalogue, transition.to)?.onFailure ?? "continue");
  if (policy === "fallback") return fallback();
  if (policy === "rollback" && transition.from !== null && transition.from !== transition.to) {
    return { kind: "rollback", to: transition.from, errors };
  }
  return { kind: "answer", verdict: degraded, errors };
}

/** A wanted node that no step failed on, and that is nevertheless not up: it crashed meanwhile (I20). */
function crashes(catalogue: Catalogue, context: ModeContext, transition: Transition): NodeError[] {
  const mode = transition.to === null ? undefined : findMode(catalogue, transition.to);
  if (mode === undefined) return [];
  const blamed = new Set(transition.errors.slice(transition.earlierErrors).map((error) => error.node));
  const observed = new Map(context.observed);
  return mode.nodes
    .filter((node) => !blamed.has(node) && !isUp(observed.get(node)))
    .map((node) => crash(node, observed.get(node), transition));
}

function crash(
  node: string,
  seen: ModeContext["observed"][number][1] | undefined,
  transition: Transition,
): NodeError {
  const ended = seen?.exit === undefined ? "" : ` after it ended (${exitText(seen.exit)})`;
  return {
    node,
    phase: "run",
    code: "NODE_EXITED",
    message: `${node} ${stateText(seen)}${ended} although the transition had it running.`,
    ...(seen?.exit === undefined ? {} : { exit: seen.exit }),
    ...duringOf(transition),
  };
}

/** The `during` mark of errors that happen while a failed transition is undone. */
export function duringOf(transition: Transition): Pick<NodeError, "during"> {
  return transition.cause === "rollback" || transition.cause === "fallback"
    ? { during: transition.cause }
    : {};
}

function success(context: ModeContext, transition: Transition): Verdict {
  if (transition.cause === "rollback") return { outcome: "rolled_back", ok: false };
  if (transition.cause === "fallback") return { outcome: "fell_back", ok: false };
  const idle = transition.started.length === 0 && transition.stopped.length === 0;
  return { outcome: idle && transition.to === context.current ? "unchanged" : "changed", ok: true };
}

const degraded: Verdict = { outcome: "degraded", ok: false };

function rollbackFailed(transition: Transition): Verdict {
  const message = `The rollback to mode '${transition.to}' failed too and no fallback_mode is set. Look at errors; request a mode to try again.`;
  return { outcome: "failed", ok: false, reason: { code: "ROLLBACK_FAILED", message } };
}

/** The answer to a request that a transition was about, in whatever way it ended. */
export function resultOf(
  transition: Transition,
  request: ModeRequest,
  current: string | null,
  verdict: Verdict,
  errors: readonly NodeError[] = transition.errors,
): UntimedResult {
  return {
    requestId: request.requestId,
    requestedMode: request.mode,
    ...(request.by === undefined ? {} : { by: request.by }),
    previousMode: transition.from,
    currentMode: current,
    nodesStarted: transition.started,
    nodesStopped: transition.stopped,
    errors,
    attempt: transition.attempt,
    ...verdict,
  };
}

/** The answer to a request that never began. */
export function resultWithoutBegin(
  context: ModeContext,
  request: ModeRequest,
  verdict: Verdict,
): UntimedResult {
  return {
    requestId: request.requestId,
    requestedMode: request.mode,
    ...(request.by === undefined ? {} : { by: request.by }),
    previousMode: context.current,
    currentMode: context.current,
    nodesStarted: [],
    nodesStopped: [],
    errors: [],
    attempt: request.attempts ?? 0,
    ...verdict,
  };
}
