/** The tour takes every edge, wastes little, and leaves out only what cannot be reached. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { modeTours } from "../../src/testing/mode-tour.ts";

test("in a complete graph one walk takes every edge, and few of them twice", () => {
  const names = ["a", "b", "c", "d", "e"];
  const edges = new Map(names.map((name) => [name, names.filter((other) => other !== name)]));

  const tours = modeTours(edges, "a");

  expect(tours).toHaveLength(1);
  expect(tours.flat().length).toBeLessThanOrEqual(24);
  expect(taken("a", tours).size).toBe(20);
});

test("every edge that can be reached is taken, and only edges are", () => {
  const graph = fc.array(fc.uniqueArray(fc.nat(4), { maxLength: 4 }), { minLength: 5, maxLength: 5 });

  fc.assert(
    fc.property(graph, (lists) => {
      const edges = new Map(
        lists.map((list, index) => [`${index}`, list.map(String).filter((to) => to !== `${index}`)]),
      );
      const reached = new Set(["0"]);
      for (const from of reached) for (const to of edges.get(from) ?? []) reached.add(to);
      const wanted = [...reached].flatMap((from) => (edges.get(from) ?? []).map((to) => `${from} ${to}`));

      expect(taken("0", modeTours(edges, "0"))).toEqual(new Set(wanted));
    }),
  );
});

test("where no way leads on, another walk begins", () => {
  const edges = new Map([
    ["a", ["b", "c"]],
    ["b", []],
    ["c", []],
  ]);

  expect(modeTours(edges, "a")).toEqual([["b"], ["c"]]);
});

function taken(start: string, tours: readonly (readonly string[])[]): Set<string> {
  const steps = tours.flatMap((tour) =>
    tour.map((to, place) => `${place === 0 ? start : tour[place - 1]} ${to}`),
  );
  return new Set(steps);
}
