/** I14: outcome, modes, ok and reason belong together, and say what really runs. */
import { isUp } from "../../../src/modes/observation.ts";
import type { Outcome } from "../../../src/modes/result.ts";
import type { Answer, Answered, Check, Leg, Story } from "../story.ts";

export const outcomes: Check = (story) => {
  const wrong: string[] = [];
  let settled: string | null = null;
  for (const answer of story.answers) {
    const leg = story.legs.find((other) => other.answer === answer);
    wrong.push(...fields(answer), ...modes(story, answer, settled));
    if (leg !== undefined) wrong.push(...nodes(story, leg, answer), ...whatRuns(story, leg, answer));
    const isRunning = leg !== undefined || isJoined(story, answer);
    if (isRunning && answer.result.outcome !== "superseded") settled = answer.result.currentMode;
  }
  return wrong;
};

const okOutcomes: readonly Outcome[] = ["changed", "unchanged"];
const reasoned: readonly Outcome[] = ["failed", "superseded", "expired", "rejected"];
const staying: readonly Outcome[] = ["unchanged", "rolled_back", "superseded", "expired", "rejected"];

function isJoined(story: Story, { id }: Answer): boolean {
  return story.journal.some(
    (moment) =>
      moment.kind === "event" &&
      moment.event.type === "accepted" &&
      moment.event.id === id &&
      moment.event.data.position === 0,
  );
}

function fields({ id, result }: Answer): string[] {
  const wrong: string[] = [];
  const { outcome, ok, reason, errors, previousMode, currentMode, attempt } = result;
  if (ok !== okOutcomes.includes(outcome)) wrong.push(`${id} is ${outcome} and ok is ${ok}`);
  if (reasoned.includes(outcome) && reason === undefined) wrong.push(`${id} is ${outcome} without a reason`);
  if (ok && errors.length > 0) wrong.push(`${id} is ${outcome} with errors`);
  if (["degraded", "rolled_back", "fell_back"].includes(outcome) && errors.length === 0) {
    wrong.push(`${id} is ${outcome} without an error`);
  }
  if (staying.includes(outcome) && previousMode !== currentMode) {
    wrong.push(`${id} is ${outcome} and went from ${previousMode} to ${currentMode}`);
  }
  const begins = !["expired", "rejected"].includes(outcome);
  if (begins !== attempt > 0 && outcome !== "superseded") {
    wrong.push(`${id} is ${outcome} in attempt ${attempt}`);
  }
  const keys = errors.map((error) => `${error.node} ${error.phase} ${error.during ?? ""}`);
  if (new Set(keys).size !== keys.length) wrong.push(`${id} has two errors of one node: ${keys.join(", ")}`);
  return wrong;
}

function modes(story: Story, { id, result }: Answer, settled: string | null): string[] {
  const { outcome, requestedMode, previousMode, currentMode } = result;
  const wrong: string[] = [];
  const begun = story.legs.find(({ requestId }) => requestId === id);
  const from = begun === undefined ? settled : begun.told.from;
  const joined = begun === undefined && outcome !== "rejected" && outcome !== "expired";
  if (!joined && previousMode !== from) {
    wrong.push(`${id} names ${previousMode} as the mode before, it was ${from}`);
  }
  if (["changed", "unchanged", "degraded"].includes(outcome) && currentMode !== requestedMode) {
    if (!(outcome === "degraded" && currentMode === story.catalogue.fallbackMode)) {
      wrong.push(`${id} is ${outcome} in ${currentMode} although ${requestedMode} was asked for`);
    }
  }
  if (outcome === "fell_back" && currentMode !== story.catalogue.fallbackMode) {
    wrong.push(`${id} fell back to ${currentMode}`);
  }
  return wrong;
}

const isSameStep = (one: Answered, other: Answered): boolean =>
  one.node === other.node && (one.what === "start") === (other.what === "start");

/** nodesStarted and nodesStopped: what this request's steps really completed, in that order. */
function nodes(story: Story, leg: Leg, answer: Answer): string[] {
  const legs = story.legs.filter(({ requestId }) => requestId === leg.requestId);
  const ends = legs.flatMap((own) => {
    const { plan } = own.told;
    const stops = new Set(plan.stop.map(({ node }) => node));
    const starts = new Set(plan.start.map(({ node }) => node));
    const asked = new Set(story.within(own, story.asked).map(({ call }) => call));
    // Undoing a start that was overdue is no step, nor is a start that had worked when the plan was made, nor the
    // restart by policy of a kept node that the executor joins.
    const isStep = ({ what, node, call }: Answered): boolean =>
      what === "start"
        ? (starts.has(node) && asked.has(call)) || (plan.awaited.includes(node) && isOfSomePlan(story, call))
        : stops.has(node) && !isAnotherStop(story, own, node, call);
    const steps = story.within(own, story.answered).filter((end) => end.code === null && isStep(end));
    // A start that has worked is completed, also when its policy restarts the node and that is joined. A stop that the
    // user has asked for beside the plan: the plan has asked again, and that is its step.
    const placeOf = (end: Answered): number =>
      end.what === "start"
        ? steps.findIndex((other) => isSameStep(other, end))
        : steps.findLastIndex((other) => isSameStep(other, end));
    return steps.filter((end, place) => placeOf(end) === place);
  });
  const completed = (starts: boolean): string[] =>
    ends.filter(({ what }) => (what === "start") === starts).map(({ node }) => node);
  const wrong: string[] = [];
  const { nodesStarted, nodesStopped, outcome } = answer.result;
  // What completed in the very moment of being superseded is nobody's.
  if (outcome === "superseded") return wrong;
  if (nodesStarted.join() !== completed(true).join()) {
    wrong.push(`${answer.id} says it started [${nodesStarted.join()}], it was [${completed(true).join()}]`);
  }
  if (nodesStopped.join() !== completed(false).join()) {
    wrong.push(`${answer.id} says it stopped [${nodesStopped.join()}], it was [${completed(false).join()}]`);
  }
  return wrong;
}

/** Time was up and the step's own stop had ended when it was asked for: it undoes an overdue start of the same node. */
function isAnotherStop(story: Story, leg: Leg, node: string, call: number): boolean {
  const asked = story.asked.find((one) => one.call === call);
  if (asked === undefined || asked.at < story.overdueAt(leg)) return false;
  return story
    .within(leg, story.answered)
    .some((end) => end.node === node && end.what !== "start" && end.index < asked.index);
}

/** Without errors exactly the mode's nodes run and are up; a mode that was not reached is not called reached. */
function whatRuns(story: Story, leg: Leg, answer: Answer): string[] {
  const { outcome, currentMode, errors } = answer.result;
  const mode = story.mode(currentMode);
  if (mode === undefined || outcome === "superseded") return [];
  const status = story.statusAt(answer.index);
  const running = story.runningAt(answer.index);
  const legErrors = errors.filter((error) => error.during === during(leg));
  if (legErrors.length > 0 && (outcome === "degraded" || outcome === "failed")) return [];
  const notUp = mode.nodes.filter((node) => !isUp(status.get(node)));
  const extra = running.filter((node) => !mode.nodes.includes(node));
  return [
    ...notUp.map(
      (node) => `${answer.id} is ${outcome} in ${mode.name} and ${node} is ${status.get(node)?.state}`,
    ),
    ...extra.map((node) => `${answer.id} is ${outcome} in ${mode.name} and ${node} runs as well`),
  ];
}

function during(leg: Leg): "rollback" | "fallback" | undefined {
  return leg.told.cause === "rollback" || leg.told.cause === "fallback" ? leg.told.cause : undefined;
}

/** Not one that the user has asked for beside the modes. */
function isOfSomePlan(story: Story, call: number): boolean {
  return story.legs.some((leg) => story.within(leg, story.asked).some((asked) => asked.call === call));
}
