/** I4: a kept node is never touched: nobody stops it, and the process is the same one at the end. */
import type { Check, Leg, Story } from "../story.ts";

export const keptNodes: Check = (story) =>
  story.legs.flatMap((leg) => leg.told.plan.keep.flatMap((node) => judge(story, leg, node)));

function judge(story: Story, leg: Leg, node: string): string[] {
  const overdue = story.overdueAt(leg);
  const isAwaited = leg.told.plan.awaited.includes(node);
  const stops = story
    .within(leg, story.asked)
    .filter(
      ({ what, node: other, at }) => other === node && what !== "start" && !(isAwaited && at >= overdue),
    );
  if (stops.length > 0) {
    return [`kept node ${node} was asked to ${stops[0]?.what} on the way to ${leg.told.to}`];
  }
  const generation = story.statusAt(leg.index).get(node)?.generation;
  const after = story.statusAt(leg.end).get(node)?.generation;
  const endedByItself = story
    .within(leg, story.facts)
    .some((fact) => fact.node === node && fact.kind === "ended");
  const recovering = story.statusAt(leg.index).get(node)?.state === "starting";
  return generation === after || endedByItself || recovering
    ? []
    : [`kept node ${node} is another process after the way to ${leg.told.to}`];
}
