/** I7: every readable request has exactly one result, and what was begun was accepted before. */
import type { Check, Story } from "../story.ts";

export const oneAnswer: Check = (story) => {
  const { journal, sent, answers, played } = story;
  const wrong: string[] = played.stopped ? [] : ["the manager did not stop"];
  for (const request of sent) {
    const { id, index } = request;
    const own = answers.filter((answer) => answer.id === id);
    if (own.length === 0 && !story.isRefusedUnread(request)) wrong.push(`${id} has no answer`);
    if (own.length > 1) wrong.push(`${id} has ${own.length} answers`);
    if (own.some((answer) => answer.index < index)) wrong.push(`${id} was answered before it was sent`);
  }
  const known = new Set(sent.map(({ id }) => id));
  for (const { id } of answers) {
    if (!known.has(id) && !/^(boot|auto)-/.test(id)) wrong.push(`${id} was answered and never sent`);
  }
  return [...wrong, ...begunWithoutAcceptance({ journal }), ...acceptedInOrder(story)];
};

/** Each door's requests are accepted in the order in which they were sent. */
function acceptedInOrder({ journal, sent }: Story): string[] {
  const accepted = journal.flatMap((moment) =>
    moment.kind === "event" && moment.event.type === "accepted" ? [moment.event.id] : [],
  );
  return (["library", "bus"] as const).flatMap((door) => {
    const ids = sent.filter(({ request }) => request.door === door).map(({ id }) => id);
    const places = accepted.map((id) => ids.indexOf(id)).filter((place) => place >= 0);
    return places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1))
      ? []
      : [`requests by ${door} were accepted in another order than they were sent`];
  });
}

function begunWithoutAcceptance({ journal }: Pick<Parameters<Check>[0], "journal">): string[] {
  const accepted = new Set<string>();
  const wrong: string[] = [];
  for (const moment of journal) {
    if (moment.kind !== "event") continue;
    const { type, id } = moment.event;
    if (type === "accepted" && accepted.has(id)) wrong.push(`${id} was accepted twice`);
    if (type === "accepted") accepted.add(id);
    if (type === "transition" && moment.event.data.cause === "request" && !accepted.has(id)) {
      wrong.push(`${id} began without having been accepted`);
    }
    if (type === "result" && moment.event.data.outcome === "rejected" && moment.event.data.attempt !== 0) {
      wrong.push(`${id} was rejected after it had begun`);
    }
  }
  return wrong;
}
