/** I6: one node's error never aborts the others; only dependents of what is not up are skipped. */
import { isUp } from "../../../src/modes/observation.ts";
import type { NodeError } from "../../../src/modes/result.ts";
import type { Check, Leg, Story } from "../story.ts";

export const bestEffort: Check = (story) => story.legs.flatMap((leg) => judge(story, leg));

function judge(story: Story, leg: Leg): string[] {
  const isWhole = (leg.answer !== undefined && leg.answer.result.outcome !== "superseded") || leg.continued;
  if (!isWhole || story.overdueAt(leg) !== Infinity) return [];
  const asked = story.within(leg, story.asked);
  const errors = errorsOf(story, leg);
  const skipped = (node: string): boolean =>
    errors.some((error) => error.node === node && error.code === "DEPENDENCY_FAILED");
  const notStopped = leg.told.plan.stop
    .filter(
      ({ node }) =>
        !story.within(leg, story.answered).some((end) => end.node === node && end.what !== "start"),
    )
    .map(({ node }) => `${node} was not stopped on the way to ${leg.told.to}`);
  const notStarted = leg.told.plan.start
    .filter(
      ({ node }) => !skipped(node) && !asked.some((call) => call.node === node && call.what === "start"),
    )
    .map(({ node }) => `${node} was not started on the way to ${leg.told.to}`);
  const skippedWithoutReason = leg.told.plan.start
    .filter(
      ({ node }) =>
        skipped(node) && story.node(node).dependsOn.every((other) => wasUpThroughout(story, leg, other)),
    )
    .map(({ node }) => `${node} was skipped although everything it depends on was up`);
  return [...notStopped, ...notStarted, ...skippedWithoutReason];
}

/** The errors of this leg, from the answer that tells those of all legs. */
export function errorsOf(story: Story, leg: Leg): readonly NodeError[] {
  const answer =
    leg.answer ?? story.answers.find(({ id, index }) => id === leg.requestId && index >= leg.end);
  const { cause } = leg.told;
  const during = cause === "rollback" || cause === "fallback" ? cause : undefined;
  return (answer?.result.errors ?? []).filter((error) => error.during === during);
}

function wasUpThroughout(story: Story, leg: Leg, node: string): boolean {
  if (!leg.told.plan.keep.includes(node) || !isUp(story.statusAt(leg.index).get(node))) return false;
  return !story.journal
    .slice(leg.index, leg.end)
    .some((moment) => moment.kind === "node" && moment.node === node && !isUp(moment.status));
}
