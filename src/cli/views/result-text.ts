/** A result for people: what became of the request, which nodes failed and how, and what to do next. Pure. */
import { nearest } from "../../config/words.ts";
import { exitText } from "../../modes/health.ts";
import type { NodeError, Reason, ReasonCode, TransitionResult } from "../../modes/result.ts";
import { didYouMean, shellWord } from "../advice.ts";
import type { Style } from "../style.ts";
import { duration, listed, tame } from "../width.ts";

const outcomeWords: Readonly<Record<TransitionResult["outcome"], string>> = {
  changed: "changed",
  unchanged: "unchanged: nothing had to be done",
  degraded: "degraded",
  rolled_back: "rolled back",
  fell_back: "fell back",
  failed: "failed",
  superseded: "superseded",
  expired: "expired",
  rejected: "rejected",
};

/** The lines of a result. `modes`: the names there are, for a suggestion. */
export function resultLines(result: TransitionResult, style: Style, modes: readonly string[] = []): string[] {
  const { marks, paint } = style;
  const mark = result.ok ? paint("green", marks.ok) : paint("red", marks.bad);
  const begun = result.attempt > 0 ? ` in ${duration(result.durationMs)}` : "";
  const head = `${mark} ${paint("bold", result.requestedMode)} ${outcomeWords[result.outcome]}${begun}${whereNow(result)}`;
  const next = nextAfter(result, modes);
  return [
    head,
    ...(result.reason === undefined ? [] : [`  ${style.typed(tame(result.reason.message))}`]),
    ...changes(result, style),
    ...result.errors.flatMap((error) => errorLines(error, style)),
    ...(next === undefined ? [] : [style.next(next)]),
  ];
}

function whereNow(result: TransitionResult): string {
  if (result.currentMode === result.requestedMode && result.ok) return "";
  if (result.currentMode === null) return "; no mode has settled yet";
  return `; the mode is ${result.currentMode}`;
}

function changes({ nodesStarted, nodesStopped }: TransitionResult, style: Style): string[] {
  return [
    ...(nodesStopped.length === 0 ? [] : [listed("  stopped", nodesStopped, style, { most: 12 })]),
    ...(nodesStarted.length === 0 ? [] : [listed("  started", nodesStarted, style, { most: 12 })]),
  ];
}

/** One node's failure with the last lines it wrote to stderr. */
export function errorLines(error: NodeError, { marks, paint, typed }: Style): string[] {
  const during = error.during === undefined ? "" : ` during the ${error.during}`;
  const ended =
    error.exit === undefined || error.message.includes(exitText(error.exit))
      ? ""
      : ` (${exitText(error.exit)})`;
  return [
    `  ${paint("red", error.node)} ${error.phase}${during}: ${error.code}, ${typed(tame(error.message))}${ended}`,
    ...(error.exit?.stderr ?? []).slice(-5).map((line) => paint("dim", `    ${marks.bar} ${tame(line)}`)),
  ];
}

function nextAfter(result: TransitionResult, modes: readonly string[]): string | undefined {
  if (result.ok) return undefined;
  const failed = result.errors.find(({ code }) => code !== "DEPENDENCY_FAILED") ?? result.errors[0];
  if (result.reason === undefined) {
    return failed === undefined ? "modeshift status" : `modeshift why ${shellWord(failed.node)}`;
  }
  if (result.reason.code === "MODE_UNKNOWN") {
    const near = nearest(result.requestedMode, modes);
    return didYouMean(near, "switch", "modeshift modes lists them");
  }
  return nextSteps[result.reason.code]
    .replaceAll("MODE", shellWord(result.requestedMode))
    .replaceAll("ID", result.requestId);
}

const nextSteps: Readonly<Record<ReasonCode, string>> = {
  MODE_UNKNOWN: "modeshift modes lists them",
  FROM_REFUSED: "modeshift modes shows from where each mode may be entered",
  BUSY: "modeshift status --watch shows the transition; --on-busy queue waits for it",
  URGENT_RUNNING: "modeshift status; ask again when the urgent mode has settled",
  QUEUE_FULL: "modeshift switch MODE --on-busy preempt takes the place of all that wait",
  MALFORMED: "modeshift switch --help has examples",
  SHUTTING_DOWN: "modeshift up",
  SHUTDOWN: "modeshift up",
  SUPERSEDED: "modeshift status shows where the robot goes now",
  DEADLINE_PASSED: "modeshift switch MODE, with a longer --deadline",
  GAVE_UP: "modeshift check, then modeshift why ID",
  INTERRUPTED: "modeshift switch MODE, if it is still meant",
  ROLLBACK_FAILED: "modeshift why ID",
};

/** Why a plan would be refused, and what to do. */
export function refusalLines(reason: Reason, mode: string, { paint, next }: Style): string[] {
  return [
    `${paint("red", "Refused")} (${reason.code}): ${tame(reason.message)}`,
    next(nextSteps[reason.code].replaceAll("MODE", shellWord(mode))),
  ];
}
