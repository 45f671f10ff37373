/** I5: a transition takes as long as its longest chain of stops, then of starts: never the sum. */
import type { Step } from "../../../src/modes/plan.ts";
import type { Check, Leg, Story } from "../story.ts";

export const longestChain: Check = (story) => story.legs.flatMap((leg) => judge(story, leg));

function judge(story: Story, leg: Leg): string[] {
  const { answer, told } = leg;
  const isCalm =
    answer?.result.ok === true &&
    told.plan.awaited.length === 0 &&
    nothingInFlight(story, leg) &&
    nothingHalfway(story, leg) &&
    nothingCrashed(story, leg);
  if (!isCalm || answer === undefined) return [];
  const stops = chain(told.plan.stop, (node) => stopMs(story, leg, node));
  const starts = chain(told.plan.start, (node) => startMs(story, leg, node));
  const took = answer.at - leg.at;
  return took === stops + starts
    ? []
    : [`the way to ${told.to} took ${took} ms; its longest chains are ${stops} and ${starts} ms`];
}

function chain(steps: readonly Step[], costOf: (node: string) => number): number {
  const ends = new Map<string, number>();
  const endOf = (step: Step): number => {
    const before = step.after.flatMap((node) => steps.find((other) => other.node === node) ?? []);
    const end = ends.get(step.node) ?? Math.max(0, ...before.map(endOf)) + costOf(step.node);
    ends.set(step.node, end);
    return end;
  };
  return Math.max(0, ...steps.map(endOf));
}

function stopMs(story: Story, leg: Leg, node: string): number {
  const status = story.statusAt(leg.index).get(node);
  if (status?.state !== "ready") return 0;
  const behaviour = story.behaviour(node, status.generation);
  const { stopTimeoutMs } = story.node(node);
  const { stopMs: gentle = 0, killMs = 0 } = behaviour;
  return gentle < stopTimeoutMs ? gentle : stopTimeoutMs + killMs;
}

function startMs(story: Story, leg: Leg, node: string): number {
  const before = story.statusAt(leg.index).get(node)?.generation ?? 0;
  const { startMs: boot = 0, readyUnseen = false } = story.behaviour(node, before + 1);
  return readyUnseen ? story.node(node).startTimeoutMs : boot;
}

function nothingInFlight(story: Story, leg: Leg): boolean {
  return story.asked.every(
    ({ index, call }) =>
      index > leg.index || story.answered.some((end) => end.call === call && end.index < leg.index),
  );
}

/**
 * How long the end of a node takes that is half up or half ended is not in its script; and one in backoff may be up
 * again by its policy before its start is due.
 */
function nothingHalfway(story: Story, leg: Leg): boolean {
  const status = story.statusAt(leg.index);
  const whole = ["ready", "done", "backoff"];
  const { stop, start } = leg.told.plan;
  return (
    stop.every(({ node }) => whole.includes(status.get(node)?.state ?? "")) &&
    start.every(({ node }) => status.get(node)?.state !== "backoff")
  );
}

/** Nothing ended in the leg but oneshots and what was told to, in its own time. */
function nothingCrashed(story: Story, leg: Leg): boolean {
  const facts = story.within(leg, story.facts);
  const told = facts.filter(({ kind }) => kind === "signalled" || kind === "killed");
  const crashes = story.journal.slice(leg.index, leg.end).some(({ kind }) => kind === "crash");
  const ends = facts.filter(({ kind }) => kind === "ended");
  return (
    !crashes &&
    ends.every(({ node }) => story.node(node).oneshot || told.some((signal) => signal.node === node))
  );
}
