/** I16: `seq` grows by exactly one, and whoever joins at the end is given what the last event left. */
import type { Check } from "../story.ts";

export const eventNumbers: Check = (story) => {
  const { journal, played } = story;
  const numbers = journal.flatMap((moment) => (moment.kind === "event" ? [moment.event.seq] : []));
  const holes = numbers.filter((seq, place) => place > 0 && seq !== (numbers[place - 1] ?? 0) + 1);
  const wrong = holes.map((seq) => `a hole before seq ${seq}`);
  if (played.rest !== null && played.rest.state.request !== null) {
    wrong.push("at rest the state names a request");
  }
  // What the supervisor does when it closes is not published any more.
  const published = played.bus.state?.nodes ?? new Map();
  for (const [node, status] of story.statusAt(journal.findLastIndex((moment) => moment.kind === "event"))) {
    const last = published.get(node)?.state;
    if (last !== status.state) {
      wrong.push(`the last published state has ${node} ${last}, it is ${status.state}`);
    }
  }
  return wrong;
};
