/** I12: no process of a node is spawned while one of a conflicting node lives. */
import type { Check } from "../story.ts";

export const conflicts: Check = (story) => {
  const wrong: string[] = [];
  const alive = new Map<string, number>();
  for (const { kind, node } of story.facts) {
    if (kind === "ended") alive.set(node, (alive.get(node) ?? 0) - 1);
    if (kind !== "spawned") continue;
    const rivals = story.node(node).conflicts.filter((other) => (alive.get(other) ?? 0) > 0);
    for (const rival of rivals) wrong.push(`${node} was spawned while its rival ${rival} lived`);
    alive.set(node, (alive.get(node) ?? 0) + 1);
  }
  return wrong;
};
