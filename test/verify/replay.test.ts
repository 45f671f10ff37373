/** Counterexamples carried out on the whole catalogue: what the model can do, the rehearsal can follow, and to the same end. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { FaultBudget } from "../../src/modes/catalogue.ts";
import { catalogueArbitrary } from "../../src/testing/arbitraries.ts";
import { nameStep } from "../../src/verify/decide.ts";
import { DOWN, STUCK, UP } from "../../src/verify/node-code.ts";
import { replay } from "../../src/verify/replay.ts";
import { stepKinds } from "../../src/verify/step.ts";
import { printTrace, type NamedStep } from "../../src/verify/trace.ts";
import { wholeModel } from "./whole-model.ts";

test("every random walk through the model of all nodes can be replayed, with planTransition's plans", () => {
  const walk = fc.record({
    catalogue: catalogueArbitrary({ maxNodes: 4, maxModes: 4, names: "plain" }),
    faults: fc.constantFrom<FaultBudget>("starts", "any", "any"),
    choices: fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 }),
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(walk, ({ catalogue, faults, choices }) => {
      const model = wholeModel(catalogue, faults, { withOthers: false });
      const steps: NamedStep[] = [{ kind: "boot", name: catalogue.defaultMode }];
      let state = model.initial();
      for (const choice of choices) {
        const next: { state: number; step: NamedStep }[] = [];
        model.successors(state, (to, packed) =>
          next.push({ state: to, step: nameStep(packed, model.catalogue) }),
        );
        const others = next.filter(({ step }) => step.kind !== "request");
        const among = others.length > 0 && choice % 3 > 0 ? others : next;
        const taken = among[choice % Math.max(1, among.length)];
        if (taken === undefined) break;
        steps.push(taken.step);
        seen.add(taken.step.kind);
        state = taken.state;
      }

      const rehearsal = replay(catalogue, steps, [...catalogue.nodes.keys()]);

      const { work, nodes } = model.stateAt(state);
      expect(rehearsal, printTrace(steps).join("; ")).not.toBeNull();
      expect(rehearsal?.work).toBe(work);
      expect(model.catalogue.nodes.map(({ name }) => rehearsal?.code(name))).toEqual(nodes);
    }),
    { numRuns: 500 },
  );
  expect([...seen]).toEqual(
    expect.arrayContaining(["settle", "request", "stop_ends", "start_fails", "crash", "skipped"]),
  );
});

describe("nodes outside the model", () => {
  const catalogue = defineCatalogue({
    defaultMode: "idle",
    nodes: { clock: {}, camera: { dependsOn: ["clock"] }, arm: { conflicts: ["clock"] }, spare: {} },
    modes: {
      idle: [],
      look: { nodes: ["clock", "camera", "spare"], onFailure: "rollback" },
      move: ["arm"],
      safe: [],
      work: { nodes: ["spare"], onFailure: "fallback" },
    },
    fallbackMode: "safe",
  });
  const steps = (...list: readonly (readonly [NamedStep["kind"], string])[]): NamedStep[] =>
    list.map(([kind, name]) => ({ kind, name }));

  test("do what a step has to wait for: a dependency comes up first", () => {
    const rehearsal = replay(
      catalogue,
      steps(["boot", "idle"], ["request", "look"], ["start_begins", "camera"]),
      ["camera"],
    );

    expect(rehearsal?.code("clock")).toBe(UP);
  });

  test("stand in the way where they cannot: a stuck foe keeps a dependency down", () => {
    const stuck = steps(
      ["boot", "idle"],
      ["request", "move"],
      ["start_begins", "arm"],
      ["request", "look"],
      ["stop_begins", "arm"],
      ["stop_fails", "arm"],
    );

    expect(replay(catalogue, stuck, ["arm", "camera"])?.code("arm")).toBe(STUCK);
    expect(replay(catalogue, [...stuck, ...steps(["start_begins", "camera"])], ["arm", "camera"])).toBeNull();
    expect(
      replay(catalogue, [...stuck, ...steps(["skipped", "camera"])], ["arm", "camera"])?.code("camera"),
    ).toBe(DOWN);
  });

  test("fail where a step says that another node does", () => {
    const back = steps(
      ["boot", "idle"],
      ["settle", "idle"],
      ["request", "look"],
      ["others_roll_back", "idle"],
      ["settle", "idle"],
    );
    const safe = steps(["boot", "idle"], ["request", "work"], ["others_fall_back", "safe"]);

    expect(replay(catalogue, back, ["arm"])?.target).toBe("idle");
    expect(replay(catalogue, safe, ["arm"])?.target).toBe("safe");
    expect(replay(catalogue, steps(["boot", "idle"], ["others_roll_back", "idle"]), ["arm"])).toBeNull();
  });

  test("are given up where the mode falls back by itself", () => {
    const settled = steps(["boot", "idle"], ["request", "work"], ["settle", "work"]);

    expect(replay(catalogue, [...settled, ...steps(["auto_fall_back", "safe"])], ["arm"])?.target).toBe(
      "safe",
    );
    expect(
      replay(catalogue, steps(["boot", "idle"], ["settle", "idle"], ["auto_fall_back", "safe"]), ["arm"]),
    ).toBeNull();
  });

  test("a request that would not begin is no step", () => {
    expect(replay(catalogue, steps(["boot", "idle"], ["request", "idle"]), [])).toBeNull();
    expect(replay(catalogue, steps(["boot", "look"]), [])).toBeNull();
  });
});

test("a trace tells what an operator would see", () => {
  const all = stepKinds.map((kind): NamedStep => ({ kind, name: "x" }));

  expect(printTrace(all).join("\n")).toMatchInlineSnapshot(`
    "boot x
    request x
    roll back to x
    fall back to x
    another node FAILS, roll back to x
    another node FAILS, fall back to x
    a node is given up, fall back to x
    stop x
    stop x FAILS
    start x
    x FAILS to start
    x FAILS to start and cannot be stopped
    x is skipped
    start x REFUSED
    x CRASHES
    x CRASHES
    x is restarted
    restart of x FAILS
    x is given up
    x is gone at last"
  `);
  expect(printTrace([{ kind: "settle", name: "safe" }])).toEqual(["safe settles"]);
});
