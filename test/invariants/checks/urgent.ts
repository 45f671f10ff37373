/** I9: an urgent mode is entered as soon as it is asked for, and nothing runs outside it when it has settled. */
import type { Check, Leg, Sent, Story } from "../story.ts";

export const urgent: Check = (story) => [
  ...story.sent.flatMap((sent) => beginsAtOnce(story, sent)),
  ...story.legs.flatMap((leg) => [...settlesQuiet(story, leg), ...repeatsKills(story, leg)]),
  ...nobodyWaitsBeside(story),
  ...killsOnlyWhatIsStuck(story),
];

function beginsAtOnce(story: Story, sent: Sent): string[] {
  const { id, at, index, request } = sent;
  if (!story.isUrgent(request.mode) || index > story.isShutDownAt || story.isRefusedUnread(sent)) return [];
  const accepted = story.journal.find(
    (moment) => moment.kind === "event" && moment.event.type === "accepted" && moment.event.id === id,
  );
  const answer = story.answerTo(id);
  const isReplaced =
    answer?.result.outcome === "superseded" || answer?.result.reason?.code === "SHUTTING_DOWN";
  if (accepted === undefined) return isReplaced ? [] : [`urgent ${id} was not accepted`];
  return accepted.at === at ? [] : [`urgent ${id} was sent at ${at} and accepted at ${accepted.at}`];
}

function settlesQuiet(story: Story, leg: Leg): string[] {
  const mode = story.mode(leg.told.to);
  const { answer } = leg;
  if (mode?.urgent !== true || answer === undefined || answer.result.currentMode !== mode.name) return [];
  if (answer.result.outcome === "superseded") return [];
  // Of a fallback only the fallback's own errors count.
  const failed = answer.result.errors.some(
    (error) => error.during === undefined || leg.told.cause !== "request",
  );
  if (failed) return [];
  const others = story.runningAt(answer.index).filter((node) => !mode.nodes.includes(node));
  return others.map((node) => `${node} runs although urgent ${mode.name} has settled without errors`);
}

/** A node that an urgent mode could not stop gets SIGKILL every second until it is gone or something else begins. */
function repeatsKills(story: Story, leg: Leg): string[] {
  const { answer } = leg;
  const mode = story.mode(leg.told.to);
  if (mode?.urgent !== true || answer === undefined || answer.result.currentMode !== mode.name) return [];
  const next = story.legs.find(({ index }) => index > answer.index);
  const until = next?.at ?? Math.min(story.played.rest?.at ?? answer.at, answer.at + 3_000);
  const stuck = [...story.statusAt(answer.index)].filter(
    ([node, status]) => status.state === "stuck" && !mode.nodes.includes(node),
  );
  return stuck
    .filter(([node]) => {
      const kills = story.asked.filter(
        ({ what, node: other, at }) =>
          what === "kill" && other === node && at > answer.at && at <= answer.at + 1_000,
      );
      const goneBefore = story.journal.some(
        (moment) =>
          moment.kind === "node" &&
          moment.node === node &&
          moment.at <= answer.at + 1_000 &&
          moment.at >= answer.at &&
          moment.status.state === "stopped",
      );
      return until - answer.at > 1_000 && kills.length === 0 && !goneBefore;
    })
    .map(([node]) => `${node} is stuck outside urgent ${mode.name} and was not killed again`);
}

/** While an urgent transition runs nothing else is accepted, and nothing that was enqueued before begins after it. */
function nobodyWaitsBeside(story: Story): string[] {
  return story.legs.flatMap((leg) => {
    if (!story.isUrgent(leg.told.to) || leg.answer === undefined) return [];
    const { answer } = leg;
    if (answer.result.outcome === "superseded") return [];
    return story.legs
      .filter(
        ({ index, told }) => index > answer.index && told.cause === "request" && !story.isUrgent(told.to),
      )
      .filter(
        ({ requestId }) => (story.sent.find(({ id }) => id === requestId)?.index ?? Infinity) < answer.index,
      )
      .filter(({ requestId }) => (story.sent.find(({ id }) => id === requestId)?.at ?? 0) < answer.at)
      .map(
        ({ requestId }) => `${requestId} was enqueued before urgent ${leg.told.to} settled and began after`,
      );
  });
}

/** Between transitions SIGKILL is repeated to what could not be stopped, and to nothing that runs by right. */
function killsOnlyWhatIsStuck(story: Story): string[] {
  return story.asked
    .filter(
      ({ what, index }) => what === "kill" && !story.legs.some((leg) => leg.index < index && index < leg.end),
    )
    .filter(
      ({ node, index }) => !["stuck", "stopping"].includes(story.statusAt(index).get(node)?.state ?? ""),
    )
    .filter(({ index }) => index < story.isShutDownAt)
    .map(({ node, at }) => `${node} was killed at ${at} though it was not stuck`);
}
