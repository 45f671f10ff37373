/** I3: no start that a plan issues begins before all stops of that plan have ended. */
import type { Check, Leg, Story } from "../story.ts";

export const barrier: Check = (story) => story.legs.flatMap((leg) => judge(story, leg));

function judge(story: Story, leg: Leg): string[] {
  const issued = story
    .within(leg, story.asked)
    .filter(({ what, node }) => what === "start" && isNew(leg, node));
  return issued.flatMap(({ node, index }) => {
    const waiting = leg.told.plan.stop.filter((step) => !hasEnded(story, leg, step.node, index));
    return waiting.map(
      (step) => `${node} was started into ${leg.told.to} before the stop of ${step.node} had ended`,
    );
  });
}

/** Starts kept from an older plan are not bound. */
function isNew(leg: Leg, node: string): boolean {
  return leg.told.plan.start.some((step) => step.node === node);
}

function hasEnded(story: Story, leg: Leg, node: string, before: number): boolean {
  const ends = story.answered.filter(
    ({ node: other, what, index }) =>
      other === node && what !== "start" && index > leg.index && index < before,
  );
  return ends.length > 0;
}
