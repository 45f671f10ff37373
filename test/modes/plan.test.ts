/** Plans: steps in dependency order, waves, and their size. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { calculateModeDiff } from "../../src/modes/diff.ts";
import { isUp, type Observed } from "../../src/modes/observation.ts";
import { planShutdown, planTransition, wavesOf, type Step } from "../../src/modes/plan.ts";
import { catalogueArbitrary, modeArbitrary, observedArbitrary } from "../../src/testing/arbitraries.ts";

const situation = catalogueArbitrary().chain((catalogue) =>
  fc.record({
    catalogue: fc.constant(catalogue),
    mode: modeArbitrary(catalogue),
    observed: observedArbitrary(catalogue, { leftovers: true }),
    entering: fc.boolean(),
  }),
);

const namesOf = (steps: readonly Step[]): readonly string[] => steps.map((step) => step.node);
const ready = { state: "ready", generation: 1 } as const;

test("I2: a plan's steps are the diff's, in its order, and the same input gives the same plan", () => {
  fc.assert(
    fc.property(situation, ({ catalogue, mode, observed, entering }) => {
      const diff = calculateModeDiff(catalogue, mode, observed, entering);

      const plan = planTransition(catalogue, mode, observed, entering);

      expect({ stop: namesOf(plan.stop), start: namesOf(plan.start), keep: plan.keep }).toEqual(diff);
      expect(plan.awaited).toEqual(diff.keep.filter((node) => !isUp(observed.get(node))));
      expect(planTransition(catalogue, mode, observed, entering)).toEqual(plan);
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    }),
  );
});

test("I5: a start waits for exactly those dependencies that come up with it, a stop for its dependents' stops", () => {
  fc.assert(
    fc.property(situation, ({ catalogue, mode, observed, entering }) => {
      const plan = planTransition(catalogue, mode, observed, entering);

      const needs = (node: string): readonly string[] => catalogue.nodes.get(node)?.dependsOn ?? [];
      const comesUp = new Set([...namesOf(plan.start), ...plan.awaited]);
      const stops = namesOf(plan.stop);
      for (const step of plan.start) {
        expect(step.after).toEqual(needs(step.node).filter((node) => comesUp.has(node)));
      }
      for (const step of plan.stop) {
        expect(new Set(step.after)).toEqual(new Set(stops.filter((node) => needs(node).includes(step.node))));
      }
    }),
  );
});

test("I5: waves hold every step once, each after what it waits for and as early as that allows, in catalogue order", () => {
  fc.assert(
    fc.property(situation, ({ catalogue, mode, observed, entering }) => {
      const plan = planTransition(catalogue, mode, observed, entering);

      for (const steps of [plan.stop, plan.start]) {
        const waves = wavesOf(steps);
        const waveOf = new Map(waves.flatMap((wave, index) => wave.map((node) => [node, index] as const)));
        expect([...waveOf.keys()].toSorted()).toEqual([...namesOf(steps)].toSorted());
        expect(waves.flat().length).toBe(steps.length);
        for (const { node, after } of steps) {
          const before = after.flatMap((other) => waveOf.get(other) ?? []);
          expect(waveOf.get(node)).toBe(Math.max(-1, ...before) + 1);
        }
        for (const wave of waves) expect(wave).toEqual(namesOf(steps).filter((node) => wave.includes(node)));
      }
    }),
  );
});

test("I18: a shutdown plan stops everything that runs and starts nothing", () => {
  fc.assert(
    fc.property(situation, ({ catalogue, mode, observed }) => {
      const plan = planShutdown(catalogue, mode.name, observed);

      const running = [...observed].filter(([, node]) => node.state !== "stopped").map(([name]) => name);
      expect(namesOf(plan.stop).toSorted()).toEqual(running.toSorted());
      expect([plan.start, plan.keep, plan.awaited]).toEqual([[], [], []]);
    }),
  );
});

describe("by example", () => {
  const catalogue = defineCatalogue({
    defaultMode: "idle",
    nodes: {
      planner: { dependsOn: ["camera", "lidar"] },
      camera: { dependsOn: ["clock"] },
      lidar: { dependsOn: ["clock"] },
      clock: {},
    },
    modes: { idle: [], work: ["planner", "camera", "lidar", "clock"] },
  });
  const work = catalogue.modes.get("work")!;

  test("starts go up the dependencies, stops come down", () => {
    const up: Observed<"planner" | "camera" | "lidar" | "clock"> = new Map(
      [...catalogue.nodes.keys()].map((node) => [node, ready]),
    );

    const start = planTransition(catalogue, work, new Map(), true);
    const stop = planTransition(catalogue, catalogue.modes.get("idle")!, up, true);

    expect(wavesOf(start.start)).toEqual([["clock"], ["camera", "lidar"], ["planner"]]);
    expect(wavesOf(stop.stop)).toEqual([["planner"], ["camera", "lidar"], ["clock"]]);
  });

  test("a kept dependency that is not ready yet is waited for, but delays no wave", () => {
    const plan = planTransition(
      catalogue,
      work,
      new Map([["clock", { state: "starting", generation: 1 }]]),
      true,
    );

    expect(plan.awaited).toEqual(["clock"]);
    expect(plan.start.find((step) => step.node === "camera")?.after).toEqual(["clock"]);
    expect(wavesOf(plan.start)).toEqual([["camera", "lidar"], ["planner"]]);
  });
});

describe("I5: size is no excuse", () => {
  const count = 10_000;
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  const all = (dependsOn: (index: number) => string[]) =>
    defineCatalogue({
      defaultMode: "all",
      nodes: new Map(names.map((name, index) => [name, { dependsOn: dependsOn(index) }])),
      modes: new Map([
        ["all", names],
        ["none", []],
      ]),
    });

  test.each([
    ["a chain", (index: number) => (index === 0 ? [] : [`n${index - 1}`]), count],
    ["a chain written backwards", (index: number) => (index === count - 1 ? [] : [`n${index + 1}`]), count],
    ["a hub", (index: number) => (index === 0 ? [] : ["n0"]), 2],
  ])("%s of 10,000 nodes is planned, up and down", (_, dependsOn, waves) => {
    const catalogue = all(dependsOn);
    const up: Observed = new Map(names.map((name) => [name, ready]));

    const start = planTransition(catalogue, catalogue.modes.get("all")!, new Map(), true);
    const stop = planTransition(catalogue, catalogue.modes.get("none")!, up, true);

    expect(wavesOf(start.start).length).toBe(waves);
    expect(wavesOf(stop.stop).length).toBe(waves);
  });
});
