/** I13: nothing that was asked and nothing that a node did made the manager itself fail. */
import type { Check } from "../story.ts";

export const noFaults: Check = ({ journal, played }) => {
  const faults = journal.flatMap((moment) => (moment.kind === "fault" ? [`fault: ${moment.message}`] : []));
  return played.stopped ? faults : [...faults, "stop() never resolved"];
};
