/** Cycles in a relation between names. Without recursion: a chain of ten thousand nodes is a legal catalogue. */

/** Cycles of the relation, each as `[a, b, c]` (a needs b needs c needs a), no name in two; empty when there is none. */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const left = withoutAcyclic(edges);
  const cycles: string[][] = [];
  const visited = new Set<string>();
  for (const start of left.keys()) {
    const walk: string[] = [];
    let name: string | undefined = start;
    while (name !== undefined && !visited.has(name)) {
      visited.add(name);
      walk.push(name);
      name = left.get(name)?.[0];
    }
    const closing = name === undefined ? -1 : walk.indexOf(name);
    if (closing >= 0) cycles.push(walk.slice(closing));
  }
  return cycles;
}

/** What is left when names that need nothing are taken away again and again: every name in it leads into a cycle. */
function withoutAcyclic(
  edges: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const needs = new Map([...edges].map(([name, targets]) => [name, new Set(targets)]));
  const neededBy = new Map<string, string[]>();
  for (const [name, targets] of edges) {
    for (const target of targets) neededBy.set(target, [...(neededBy.get(target) ?? []), name]);
  }
  const free = [...neededBy.keys(), ...edges.keys()].filter((name) => (needs.get(name)?.size ?? 0) === 0);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    needs.delete(name);
    for (const dependent of neededBy.get(name) ?? []) {
      const rest = needs.get(dependent);
      if (rest?.delete(name) === true && rest.size === 0) free.push(dependent);
    }
  }
  return new Map(
    [...needs].map(([name, targets]) => [name, [...targets].filter((target) => needs.has(target))]),
  );
}
