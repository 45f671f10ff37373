/**
 * Walks that make every mode change there is: from each mode to each other that may be entered from it.
 *
 * Pure graph work; model-tests.ts walks them.
 */

/**
 * The modes to ask for one after the other, each walk beginning in `start`. Together they take each edge that can be
 * reached; one walk is enough unless it gets to where no way leads on.
 */
export function modeTours(edges: ReadonlyMap<string, readonly string[]>, start: string): string[][] {
  const left = new Map([...edges].map(([from, targets]) => [from, [...targets]]));
  const tours: string[][] = [];
  for (let tour = tourOf(edges, left, start); tour.length > 0; tour = tourOf(edges, left, start)) {
    tours.push(tour);
  }
  return tours;
}

/** Takes every edge that is left, as long as it gets to one, and as few others as it can see its way to. */
function tourOf(
  edges: ReadonlyMap<string, readonly string[]>,
  left: ReadonlyMap<string, string[]>,
  start: string,
): string[] {
  const tour: string[] = [];
  let here = start;
  for (let way = nearest(edges, left, here); way !== undefined; way = nearest(edges, left, here)) {
    for (const next of way) {
      const open = left.get(here) ?? [];
      if (open.includes(next)) open.splice(open.indexOf(next), 1);
      tour.push(next);
      here = next;
    }
  }
  return tour;
}

/** The shortest way that ends with an edge not taken yet. */
function nearest(
  edges: ReadonlyMap<string, readonly string[]>,
  left: ReadonlyMap<string, readonly string[]>,
  start: string,
): string[] | undefined {
  const ways = [{ end: start, way: [] as string[] }];
  const seen = new Set([start]);
  for (const { end, way } of ways) {
    const [open] = left.get(end) ?? [];
    if (open !== undefined) return [...way, open];
    for (const next of edges.get(end) ?? []) {
      if (!seen.has(next)) ways.push({ end: next, way: [...way, next] });
      seen.add(next);
    }
  }
  return undefined;
}
