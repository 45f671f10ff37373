/** The properties that every catalogue is asked for, and how large a catalogue may be. */
import { describe, expect, test } from "vitest";
import type { CatalogueInput } from "../../src/config/catalogue-input.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { Catalogue, Invariant } from "../../src/modes/catalogue.ts";
import type { PropertyReport } from "../../src/verify/report.ts";
import { neverTogetherPairs, verifyCatalogue } from "../../src/verify/verify-catalogue.ts";

/** One property of a catalogue. */
function report(catalogue: Catalogue, property: string): PropertyReport {
  const found = verifyCatalogue(catalogue).properties.find((one) => one.property === property);
  if (found === undefined) throw new Error(`no property ${property}`);
  return found;
}

const robot = (more: Partial<CatalogueInput<string, string, string>> = {}): Catalogue =>
  defineCatalogue<string, string, string>({
    defaultMode: "idle",
    nodes: { clock: {}, arm: {}, flasher: {} },
    modes: {
      idle: ["clock"],
      work: ["clock", "arm"],
      update: ["flasher"],
      safe: { nodes: ["clock"], urgent: true },
    },
    ...more,
  });

describe("built-in properties", () => {
  test("every mode of a valid catalogue is complete, and no conflict deadlocks", () => {
    const nodes = { clock: {}, arm: { dependsOn: ["clock"], conflicts: ["flasher"] }, flasher: {} };
    const { properties, verdict } = verifyCatalogue(robot({ nodes }));

    expect(verdict).toBe("holds");
    expect(properties.map((one) => one.property)).toEqual([
      "no_deadlock",
      ...["idle", "work", "update", "safe"].map((mode) => `complete: ${mode}`),
      ...["idle", "work", "update", "safe"].map((mode) => `worst_time: ${mode}`),
    ]);
  });

  test("a catalogue that was never validated shows what loading would have refused", () => {
    const valid = robot({ nodes: { clock: {}, arm: { conflicts: ["flasher"] }, flasher: {} } });
    const both = { ...valid.modes.get("work")!, name: "both", nodes: ["arm", "flasher"] };
    const broken: Catalogue = { ...valid, modes: new Map([...valid.modes, ["both", both]]) };

    expect(report(broken, "no_deadlock").trace).toEqual(["boot idle", "request both", "start flasher"]);
    expect(report(broken, "no_deadlock").reason).toBe(
      "arm cannot start because flasher runs, and nothing stops flasher.",
    );
    expect(report(broken, "complete: both").trace).toEqual([
      "boot idle",
      "request both",
      "start arm",
      "start flasher REFUSED",
      "both settles",
    ]);
  });

  test("the worst time is the longest chain of stops and starts", () => {
    const nodes = {
      clock: { startTimeout: "10s" },
      arm: { dependsOn: ["clock"], startTimeout: "5s", stopTimeout: "3s", killTimeout: "1s" },
      flasher: { stopTimeout: "1s", killTimeout: "1s" },
    };
    const tight = robot({ nodes, transitionTimeout: "16s" });

    expect(report(tight, "worst_time: idle").verdict).toBe("holds");
    expect(report(tight, "worst_time: work")).toMatchObject({
      verdict: "violated",
      trace: ["from update to work", "stop flasher 2s", "start clock 10s", "start arm 5s"],
      reason: "That takes up to 17s, but transition_timeout is 16s. Raise it, or lower the timeouts.",
    });
    expect(report(robot({ nodes, transitionTimeout: "17s" }), "worst_time: work").verdict).toBe("holds");
  });

  test("they can be left out", () => {
    expect(verifyCatalogue(robot(), { builtIns: false })).toEqual({
      verdict: "holds",
      properties: [],
      states: 0,
    });
  });
});

describe("size", () => {
  /** Modes with two fifths of the nodes each; two arms that never share a mode; some dependencies and conflicts. */
  function large(modeCount: number, nodeCount: number): Catalogue {
    const names = Array.from({ length: nodeCount }, (_, index) => `n${index}`);
    const lists = (mode: number): string[] =>
      names.filter((_, index) =>
        index < 2 ? mode % 2 === index : (index * 7 + mode * 3 + ((index * mode) % 11)) % 5 < 2,
      );
    const modes = new Map(Array.from({ length: modeCount }, (_, mode) => [`mode${mode}`, lists(mode)]));
    const nodes = new Map(names.map((name, index) => [name, index === 0 ? { conflicts: ["n1"] } : {}]));
    return defineCatalogue({ defaultMode: "mode0", nodes, modes });
  }

  test("all 1,225 pairs of 10 modes and 50 nodes are decided", () => {
    const catalogue = large(10, 50);
    const { properties } = verifyCatalogue(catalogue, {
      invariants: neverTogetherPairs(catalogue),
      builtIns: false,
    });

    expect(properties.length).toBe(1225);
    expect(properties.filter((one) => one.verdict === "not_decided")).toEqual([]);
    expect(properties[0]).toMatchObject({ property: "never_together: n0, n1", verdict: "holds" });
  });

  test("the built-in properties of 100 modes and 500 nodes hold", () => {
    const { verdict } = verifyCatalogue(large(100, 500));

    expect(verdict).toBe("holds");
  });

  test("a `from` of its own for every mode makes no difference to what holds", () => {
    const free = large(40, 20);
    const modes = [...free.modes.values()].map((mode, index) => {
      const from = [...free.modes.keys()].filter((_, other) => (other * 7 + index) % 5 === 0);
      return [mode.name, { ...mode, from }] as const;
    });
    const catalogue: Catalogue = { ...free, modes: new Map(modes) };
    const invariants: Invariant[] = [{ kind: "never_together", nodes: ["n0", "n1"] }];

    expect(
      verifyCatalogue(catalogue, { invariants }).properties.filter((one) => one.verdict !== "holds"),
    ).toEqual([]);
  });
});
