/** I8: the newest request wins at once: answers in order, nothing more of the old plan, waiting ones in order. */
import type { Check, Leg, Story } from "../story.ts";

export const newestWins: Check = (story) => [
  ...story.legs.flatMap((leg, place) => [
    ...beginsAtOnce(story, leg),
    ...oldAnswerFirst(leg, story.legs[place - 1]),
    ...onlyOwnSteps(story, leg),
    ...cutsUnwantedStarts(story, leg),
  ]),
  ...joinedShareTheAnswer(story),
  ...waitingInOrder(story),
];

/** Preemption waits for nothing: acceptance in position 0 and transition are one moment. */
function beginsAtOnce(story: Story, leg: Leg): string[] {
  const acceptance = story.journal.find(
    (moment) =>
      moment.kind === "event" && moment.event.type === "accepted" && moment.event.id === leg.requestId,
  );
  if (leg.told.cause !== "request" || acceptance?.kind !== "event" || acceptance.event.type !== "accepted") {
    return [];
  }
  return acceptance.event.data.position === 0 && acceptance.at !== leg.at
    ? [`${leg.requestId} was accepted at ${acceptance.at} and began at ${leg.at}`]
    : [];
}

function oldAnswerFirst(leg: Leg, before: Leg | undefined): string[] {
  if (before === undefined || before.continued || before.answer !== undefined) return [];
  return [`${leg.requestId} began before ${before.requestId} was answered`];
}

/** What the supervisor is asked for during a leg is what its plan says. */
function onlyOwnSteps(story: Story, leg: Leg): string[] {
  const { plan } = leg.told;
  const stops = new Set(plan.stop.map(({ node }) => node));
  const starts = new Set([...plan.start.map(({ node }) => node), ...plan.keep]);
  const overdue = story.overdueAt(leg);
  return story.within(leg, story.asked).flatMap(({ what, node, at, index }) => {
    const isOwn = what === "start" ? starts.has(node) : stops.has(node);
    const isCleanup = what !== "start" && at >= overdue;
    const isRepeatedKill = what === "kill" && isStuckSince(story, node, index);
    return isOwn || isCleanup || isRepeatedKill
      ? []
      : [`${node} was asked to ${what} on the way to ${leg.told.to}, which is not in its plan`];
  });
}

function isStuckSince(story: Story, node: string, index: number): boolean {
  return (
    story.statusAt(index).get(node)?.state === "stuck" ||
    story.statusAt(index).get(node)?.state === "stopping"
  );
}

/** A start in flight that the new mode does not want is stopped at once, whatever the order of dependencies. */
function cutsUnwantedStarts(story: Story, leg: Leg): string[] {
  // Starts of plans: one that the user has asked for beside them is stopped in its place.
  const planned = story.legs.flatMap((other) => story.within(other, story.asked));
  const inFlight = planned.filter(
    ({ what, index, call }) =>
      what === "start" &&
      index < leg.index &&
      !story.answered.some((end) => end.call === call && end.index < leg.index),
  );
  const unwanted = inFlight.filter(({ node }) => leg.told.plan.stop.some((step) => step.node === node));
  return unwanted
    .filter(({ node }) => story.statusAt(leg.index).get(node)?.state === "starting")
    .filter(
      ({ node }) =>
        !story.asked.some(
          ({ what, node: other, index, at }) =>
            other === node && what !== "start" && index > leg.index && at === leg.at,
        ),
    )
    .map(({ node }) => `${node}, still starting and unwanted in ${leg.told.to}, was not stopped at once`);
}

function joinedShareTheAnswer(story: Story): string[] {
  return story.sent.flatMap(({ id, request }) => {
    const own = story.answerTo(id);
    const accepted = story.journal.find(
      (moment) => moment.kind === "event" && moment.event.type === "accepted" && moment.event.id === id,
    );
    const isJoined =
      accepted?.kind === "event" &&
      accepted.event.type === "accepted" &&
      accepted.event.data.position === 0 &&
      story.legs.every((leg) => leg.requestId !== id);
    if (!isJoined || own === undefined) return [];
    const leg = story.legs.findLast(({ answer }) => answer !== undefined && answer.index < own.index);
    const first = leg?.answer;
    const isSame =
      first !== undefined &&
      first.at === own.at &&
      first.result.requestedMode === request.mode &&
      first.result.outcome === own.result.outcome &&
      JSON.stringify(first.result.errors) === JSON.stringify(own.result.errors);
    return isSame
      ? []
      : [`${id} joined and was answered ${own.result.outcome}, unlike the request it joined`];
  });
}

/** Waiting requests begin in the order in which they were accepted. */
function waitingInOrder(story: Story): string[] {
  const order = story.journal.flatMap((moment) =>
    moment.kind === "event" && moment.event.type === "accepted" && moment.event.data.position > 0
      ? [moment.event.id]
      : [],
  );
  const begun = story.legs
    .filter(({ told }) => told.cause === "request")
    .map(({ requestId }) => requestId)
    .filter((id) => order.includes(id));
  const sorted = begun.toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
  return begun.join() === sorted.join() ? [] : [`waiting requests began as ${begun.join()}`];
}
