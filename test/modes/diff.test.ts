/** The rule of I2, against its own text for every state, and against the seed's rule where both apply. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { Catalogue, Mode } from "../../src/modes/catalogue.ts";
import { calculateModeDiff } from "../../src/modes/diff.ts";
import type { NodeState, Observed } from "../../src/modes/observation.ts";
import { catalogueArbitrary, modeArbitrary, observedArbitrary } from "../../src/testing/arbitraries.ts";

/** The seed's rule, ported literally: running is what its supervisor lists. */
function seedDiff(mode: Mode, running: ReadonlySet<string>): { stop: Set<string>; start: Set<string> } {
  const target = new Set(mode.nodes);
  const stop = new Set<string>();
  const start = new Set<string>();
  for (const node of running) if (!target.has(node) || mode.stopNodes.includes(node)) stop.add(node);
  for (const node of target) if (!running.has(node)) start.add(node);
  return { stop, start };
}

/** I2 as SEMANTICS writes it, one node at a time. */
function ruleOfI2(mode: Mode, node: string, state: NodeState | undefined, entering: boolean): string {
  const running = state !== undefined && state !== "stopped";
  const target = mode.nodes.includes(node);
  const restarts = entering && mode.restartNodes.includes(node);
  const ends = state === "stopping" || state === "stuck";
  const stop = running && (!target || mode.stopNodes.includes(node) || restarts || ends);
  const start = target && (!running || stop || state === "backoff");
  const keep = target && !stop && !start;
  return [stop && "stop", start && "start", keep && "keep"].filter(Boolean).join("+");
}

const situation = (states?: readonly NodeState[]) =>
  catalogueArbitrary().chain((catalogue) =>
    fc.record({
      catalogue: fc.constant(catalogue),
      mode: modeArbitrary(catalogue),
      observed: observedArbitrary(catalogue, {
        leftovers: true,
        ...(states === undefined ? {} : { states }),
      }),
      entering: fc.boolean(),
    }),
  );

test("I2: for nodes that are ready or stopped the diff is the seed's", () => {
  fc.assert(
    fc.property(situation(["ready", "stopped"]), ({ catalogue, mode, observed }) => {
      const running = new Set(
        [...observed].filter(([, node]) => node.state === "ready").map(([name]) => name),
      );

      const diff = calculateModeDiff(catalogue, mode, observed, false);

      const seed = seedDiff(mode, running);
      expect(new Set(diff.stop)).toEqual(seed.stop);
      expect(new Set(diff.start)).toEqual(seed.start);
    }),
  );
});

test("I2: every node in every state is stopped, started or kept as the rule says", () => {
  fc.assert(
    fc.property(situation(), ({ catalogue, mode, observed, entering }) => {
      const diff = calculateModeDiff(catalogue, mode, observed, entering);

      const lists = { stop: new Set(diff.stop), start: new Set(diff.start), keep: new Set(diff.keep) };
      for (const node of new Set([...catalogue.nodes.keys(), ...observed.keys()])) {
        const found = Object.entries(lists).filter(([, list]) => list.has(node));
        const expected = ruleOfI2(mode, node, observed.get(node)?.state, entering);
        expect(found.map(([list]) => list).join("+"), node).toBe(expected);
      }
    }),
  );
});

test("I2: the same input gives the same diff, whatever the order of the observation", () => {
  fc.assert(
    fc.property(situation(), ({ catalogue, mode, observed, entering }) => {
      const known = [...observed].filter(([name]) => catalogue.nodes.has(name));
      const unknown = [...observed].filter(([name]) => !catalogue.nodes.has(name));
      const reordered: Observed = new Map([...known.toReversed(), ...unknown]);

      const diff = calculateModeDiff(catalogue, mode, observed, entering);

      expect(calculateModeDiff(catalogue, mode, observed, entering)).toEqual(diff);
      expect(calculateModeDiff(catalogue, mode, reordered, entering)).toEqual(diff);
    }),
  );
});

test("I2, I5: every list is in catalogue order, leftovers first", () => {
  fc.assert(
    fc.property(situation(), ({ catalogue, mode, observed, entering }) => {
      const order = [
        ...[...observed.keys()].filter((name) => !catalogue.nodes.has(name)),
        ...catalogue.nodes.keys(),
      ];

      const diff = calculateModeDiff(catalogue, mode, observed, entering);

      for (const list of [diff.stop, diff.start, diff.keep]) {
        expect(list).toEqual(order.filter((node) => list.includes(node)));
      }
    }),
  );
});

test("I19: once everything the mode lists is up and nothing else runs, nothing is left to do", () => {
  fc.assert(
    fc.property(situation(), ({ catalogue, mode }) => {
      const settled: Observed = new Map(mode.nodes.map((node) => [node, { state: "ready", generation: 1 }]));

      const diff = calculateModeDiff(catalogue, mode, settled, false);

      expect(diff).toEqual({
        stop: [],
        start: [],
        keep: [...catalogue.nodes.keys()].filter((node) => settled.has(node)),
      });
    }),
  );
});

describe("by example", () => {
  const catalogue = defineCatalogue({
    defaultMode: "idle",
    modes: {
      idle: ["clock"],
      teleop: { nodes: ["clock", "drive"], restartNodes: ["clock"], stopNodes: ["arm"] },
    },
  });
  const teleop = catalogue.modes.get("teleop")!;
  const seen = (states: Record<string, NodeState>): Observed<"clock" | "drive" | "arm"> =>
    new Map(Object.entries(states).map(([name, state]) => [name as "clock", { state, generation: 1 }]));

  test("restart_nodes count only on entering", () => {
    const observed = seen({ clock: "ready", drive: "ready" });

    expect(calculateModeDiff(catalogue, teleop, observed, true)).toEqual({
      stop: ["clock"],
      start: ["clock"],
      keep: ["drive"],
    });
    expect(calculateModeDiff(catalogue, teleop, observed, false)).toEqual({
      stop: [],
      start: [],
      keep: ["clock", "drive"],
    });
  });

  test("a wanted node that is stopping or stuck is stopped, then started; one in backoff is only started", () => {
    const observed = seen({ clock: "stopping", drive: "backoff", arm: "stuck" });

    expect(calculateModeDiff(catalogue, teleop, observed, false)).toEqual({
      stop: ["clock", "arm"],
      start: ["clock", "drive"],
      keep: [],
    });
  });
});

test("I2: a node in both nodes and stop_nodes, which the loader refuses, would be stopped and started again", () => {
  const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["drive"] } });
  const mode: Mode = { ...catalogue.modes.get("teleop")!, stopNodes: ["drive"] };
  const observed: Observed = new Map([["drive", { state: "ready", generation: 1 }]]);

  expect(calculateModeDiff(catalogue as Catalogue, mode, observed, true)).toEqual({
    stop: ["drive"],
    start: ["drive"],
    keep: [],
  });
});
