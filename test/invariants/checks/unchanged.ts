/** I19: asking for the current mode again starts what is missing, and is `unchanged` only when nothing had to be done. */
import type { Check } from "../story.ts";

export const unchanged: Check = (story) =>
  story.legs.flatMap(({ answer, told }) => {
    if (answer === undefined || told.to !== told.from || told.cause !== "request") return [];
    const { outcome, nodesStarted, nodesStopped } = answer.result;
    const idle = nodesStarted.length === 0 && nodesStopped.length === 0;
    const hadToDo = told.plan.stop.length + told.plan.start.length > 0;
    if (outcome === "unchanged" && hadToDo) {
      return [`${answer.id} is unchanged although its plan was not empty`];
    }
    if (outcome === "changed" && idle) return [`${answer.id} is changed although nothing was done`];
    return [];
  });
