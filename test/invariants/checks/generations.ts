/** I10: incarnations never mix: one process per node at a time, numbers only grow, no stale news counts. */
import type { Check } from "../story.ts";

export const generations: Check = (story) => {
  const wrong: string[] = [];
  const alive = new Map<string, number>();
  const last = new Map<string, number>();
  const ready = new Set<string>();
  for (const moment of story.journal) {
    if (moment.kind === "record" && "generation" in moment.entry) {
      const { kind, node, generation } = moment.entry;
      if (kind === "spawned" && alive.has(node)) wrong.push(`${node} has two processes`);
      if (kind === "spawned") alive.set(node, generation);
      if (kind === "ended") alive.delete(node);
      if (kind === "ready") ready.add(`${node}#${generation}`);
    }
    if (moment.kind !== "node") continue;
    const { node, status } = moment;
    const before = last.get(node) ?? 0;
    if (status.generation < before) wrong.push(`${node} went back from #${before} to #${status.generation}`);
    if (status.state === "starting" && status.generation !== before + 1) {
      wrong.push(`${node} starts as #${status.generation} after #${before}`);
    }
    if (status.state !== "starting" && status.generation !== before) {
      wrong.push(`${node} is ${status.state} as #${status.generation}, which never started`);
    }
    if (["stopped", "backoff", "done"].includes(status.state) && alive.has(node)) {
      wrong.push(`${node} is told to be ${status.state} while a process of it lives`);
    }
    if (status.state === "ready" && alive.get(node) !== status.generation) {
      wrong.push(`${node} is told to be ready as #${status.generation}, which does not live`);
    }
    last.set(node, status.generation);
  }
  return wrong;
};
