/** I11: nothing waits longer than it may: requests, transitions; and who is waited for is said. */
import type { Check, Leg, Sent, Story } from "../story.ts";
import { errorsOf } from "./best-effort.ts";

export const deadlines: Check = (story) => [
  ...story.sent.flatMap((sent) => beginsInTime(story, sent)),
  ...story.legs.flatMap((leg) => [...endsInTime(story, leg), ...nothingStartsLate(story, leg)]),
];

function beginsInTime(story: Story, { id, deadline, request }: Sent): string[] {
  if (deadline === null || story.isUrgent(request.mode)) return [];
  const leg = story.legs.find(({ requestId }) => requestId === id);
  const wrong = leg !== undefined && leg.at > deadline ? [`${id} began at ${leg.at}, after ${deadline}`] : [];
  const answer = story.answerTo(id);
  if (answer?.result.outcome !== "expired") return wrong;
  if (leg !== undefined) wrong.push(`${id} expired after it had begun`);
  if (answer.at < deadline) wrong.push(`${id} expired at ${answer.at}, before ${deadline}`);
  const accepted = story.journal.some(
    (moment) => moment.kind === "event" && moment.event.type === "accepted" && moment.event.id === id,
  );
  if (accepted && answer.at !== deadline) wrong.push(`${id} expired at ${answer.at}, not at ${deadline}`);
  return wrong;
}

function slowestStopMs(story: Story): number {
  const times = [...story.catalogue.nodes.values()].map((node) => node.stopTimeoutMs + node.killTimeoutMs);
  return Math.max(0, ...times);
}

/** After its time a leg only waits for the kills and stops that its end needs. */
function endsInTime(story: Story, leg: Leg): string[] {
  const end = story.journal[leg.end]?.at ?? story.journal.at(-1)?.at ?? leg.at;
  const limit = story.catalogue.transitionTimeoutMs + slowestStopMs(story);
  if (leg.told.cause === "shutdown") return [];
  return end - leg.at > limit
    ? [`the way to ${leg.told.to} took ${end - leg.at} ms; its limit is ${limit}`]
    : [];
}

function nothingStartsLate(story: Story, leg: Leg): string[] {
  const overdue = story.overdueAt(leg);
  if (overdue === Infinity) return [];
  const late = story.within(leg, story.asked).filter(({ what, at }) => what === "start" && at > overdue);
  const wrong = late.map(({ node }) => `${node} was started after the time of ${leg.told.to} was over`);
  const whole = (leg.answer !== undefined && leg.answer.result.outcome !== "superseded") || leg.continued;
  const end = story.journal[leg.end]?.at ?? leg.at;
  if (!whole || end <= overdue) return wrong;
  const named = errorsOf(story, leg).some((error) => error.code === "TRANSITION_TIMEOUT");
  return named
    ? wrong
    : [...wrong, `the way to ${leg.told.to} was overdue and no error says what it waited for`];
}
