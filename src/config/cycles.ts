/**
 * The order that a relation "needs" between names allows, and the cycles that allow none. Without recursion: a chain
 * of ten thousand nodes is a legal catalogue.
 */

/** What a relation "needs" allows. */
export interface NeedOrder {
  /** Every name after all that it needs; names in or behind a cycle are missing. */
  readonly order: readonly string[];
  /** `[a, b, c]`: a needs b needs c needs a. No name is in two. */
  readonly cycles: readonly (readonly string[])[];
}

/** Orders names so that each comes after what it needs. `needs` holds every name. */
export function orderByNeed(needs: ReadonlyMap<string, readonly string[]>): NeedOrder {
  const open = new Map([...needs].map(([name, targets]) => [name, new Set(targets)]));
  const neededBy = new Map<string, string[]>([...needs.keys()].map((name) => [name, []]));
  for (const [name, targets] of open) for (const target of targets) neededBy.get(target)?.push(name);
  const order = [...open.keys()].filter((name) => open.get(name)?.size === 0);
  for (const name of order) {
    open.delete(name);
    for (const dependent of neededBy.get(name) ?? []) {
      const rest = open.get(dependent);
      if (rest?.delete(name) === true && rest.size === 0) order.push(dependent);
    }
  }
  return { order, cycles: cyclesIn(open) };
}

/** In what is left, every name needs another that is left: any walk ends in a cycle. */
function cyclesIn(left: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  const visited = new Set<string>();
  for (const start of left.keys()) {
    const walk = new Set<string>();
    let name: string | undefined = start;
    while (name !== undefined && !visited.has(name)) {
      visited.add(name);
      walk.add(name);
      name = [...(left.get(name) ?? [])].find((target) => left.has(target));
    }
    const names = [...walk];
    if (name !== undefined && walk.has(name)) cycles.push(names.slice(names.indexOf(name)));
  }
  return cycles;
}
