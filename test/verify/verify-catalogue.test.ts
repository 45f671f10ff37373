/** Verification by example: what holds, what does not and how it is told, and what is left open. */
import { describe, expect, test } from "vitest";
import type { CatalogueInput } from "../../src/config/catalogue-input.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { Catalogue, Invariant } from "../../src/modes/catalogue.ts";
import type { Observed } from "../../src/modes/observation.ts";
import { planTransition } from "../../src/modes/plan.ts";
import type { PropertyReport } from "../../src/verify/report.ts";
import { verifyCatalogue } from "../../src/verify/verify-catalogue.ts";

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

const allUp = (nodes: readonly string[]): Observed =>
  new Map(nodes.map((node) => [node, { state: "ready", generation: 1 }]));

describe("never_together", () => {
  const rivals: CatalogueInput["invariants"] = [{ neverTogether: ["arm", "flasher"] }];

  test("the seed's first unsafe behaviour: a rival is started although a stop has failed", () => {
    const { verdict, trace, reason } = report(robot({ invariants: rivals }), "never_together: arm, flasher");

    expect(verdict).toBe("violated");
    expect(trace?.join("; ")).toBe(
      "boot idle; request update; start flasher; request work; stop flasher FAILS; start arm",
    );
    expect(reason).toContain("conflicts: [flasher] on arm");
  });

  test("the seed's second, a node in nodes and stop_nodes, is no catalogue at all", () => {
    expect(() => robot({ modes: { idle: { nodes: ["arm"], stopNodes: ["arm"] } } })).toThrow(
      "it would be stopped and not come back",
    );
  });

  test("and where nobody has validated it, it is found", () => {
    const valid = robot();
    const work = { ...valid.modes.get("work")!, stopNodes: ["arm"] };
    const seeds: Catalogue = { ...valid, modes: new Map([...valid.modes, ["work", work]]) };

    expect(report(seeds, "complete: work")).toMatchObject({
      verdict: "violated",
      trace: ["boot idle", "request work", "work settles", "request work", "stop arm"],
      reason:
        "arm is in nodes and in stop_nodes of work: whoever asks for work again stops it. Use restart_nodes.",
    });
    expect(planTransition(seeds, work, allUp(work.nodes), false).stop.map(({ node }) => node)).toEqual([
      "arm",
    ]);
  });

  test("I12: with the conflict declared it holds, under every fault, restarts included", () => {
    const nodes = { clock: {}, arm: { conflicts: ["flasher"], restart: "always" as const }, flasher: {} };

    expect(report(robot({ nodes, invariants: rivals }), "never_together: arm, flasher").verdict).toBe(
      "holds",
    );
  });

  test("a shared resource is a conflict", () => {
    const nodes = { clock: {}, arm: { resources: ["bus"] }, flasher: { resources: ["bus"] } };

    expect(report(robot({ nodes, invariants: rivals }), "never_together: arm, flasher").verdict).toBe(
      "holds",
    );
  });

  test.each(["none", "starts"] as const)(
    "I3: it holds without the conflict while no stop fails (faults: %s)",
    (faults) => {
      const invariants = [{ neverTogether: ["arm", "flasher"], faults }];

      expect(report(robot({ invariants }), "never_together: arm, flasher").verdict).toBe("holds");
    },
  );

  test("nodes that one mode lists run together, without any fault", () => {
    const invariants = [{ neverTogether: ["clock", "arm"], faults: "none" as const }];

    expect(report(robot({ invariants }), "never_together: clock, arm").trace).toEqual([
      "boot idle",
      "start clock",
      "request work",
      "start arm",
    ]);
  });

  test("of more than two nodes, any two count", () => {
    const invariants = [{ neverTogether: ["flasher", "arm", "clock"], faults: "none" as const }];

    expect(report(robot({ invariants }), "never_together: flasher, arm, clock").reason).toContain(
      "arm and clock",
    );
  });

  test("I8: a start that is cut short by preemption never meets what the next mode starts", () => {
    const invariants = [{ neverTogether: ["arm", "flasher"], faults: "starts" as const }];
    const modes = { idle: [], work: ["arm"], update: ["flasher"] };

    expect(report(robot({ modes, invariants }), "never_together: arm, flasher").verdict).toBe("holds");
  });

  test("a node that no mode lists never runs", () => {
    const invariants = [{ neverTogether: ["arm", "flasher"] }];
    const modes = { idle: ["clock"], work: ["arm"] };

    expect(report(robot({ modes, invariants }), "never_together: arm, flasher").verdict).toBe("holds");
  });

  test("a oneshot that is done holds nothing, one that runs does", () => {
    const nodes = { clock: {}, arm: {}, flasher: { oneshot: true } };
    const modes = { idle: ["flasher"], work: ["flasher", "arm"] };
    const trace = report(
      robot({ nodes, modes, invariants: [{ neverTogether: ["arm", "flasher"], faults: "none" }] }),
      "never_together: arm, flasher",
    ).trace;

    expect(trace).toEqual(["boot idle", "start flasher", "request work", "start arm"]);
  });
});

describe("from", () => {
  const invariants = [{ neverTogether: ["arm", "flasher"] }];

  test("a mode that is never entered brings no danger", () => {
    const modes = { idle: [], work: ["arm"], lab: { nodes: ["arm", "flasher"], from: ["lab"] } };

    expect(
      report(
        robot({ modes, invariants: [{ ...invariants[0]!, faults: "starts" }] }),
        "never_together: arm, flasher",
      ).verdict,
    ).toBe("holds");
  });

  test("the counterexample takes the way that `from` leaves", () => {
    const modes = { idle: [], work: ["arm"], lab: { nodes: ["arm", "flasher"], from: ["work"] } };
    const { trace } = report(
      robot({ modes, invariants: [{ ...invariants[0]!, faults: "none" }] }),
      "never_together: arm, flasher",
    );

    expect(trace).toEqual(["boot idle", "request work", "start arm", "request lab", "start flasher"]);
  });
});

describe("quiet_in", () => {
  test("I9: an urgent mode that settles without errors is quiet, under every fault", () => {
    const invariants = [{ quietIn: "safe", nodes: ["arm", "flasher"] }];

    expect(report(robot({ invariants }), "quiet_in safe: arm, flasher").verdict).toBe("holds");
  });

  test("it is violated by a mode that lists the node", () => {
    const invariants = [{ quietIn: "work", nodes: ["flasher", "arm"] }];
    const { trace, reason } = report(robot({ invariants }), "quiet_in work: flasher, arm");

    expect(trace).toEqual(["boot idle", "request work", "start arm", "work settles"]);
    expect(reason).toBe("arm runs although work has settled without errors.");
  });

  test("a mode that is reached by fallback or rollback is judged too", () => {
    const modes = {
      idle: ["arm"],
      work: { nodes: ["clock"], onFailure: "rollback" as const },
      safe: { nodes: [], urgent: true },
    };
    const catalogue = robot({
      modes,
      fallbackMode: "safe",
      invariants: [{ quietIn: "safe", nodes: ["arm"] }],
    });

    expect(report(catalogue, "quiet_in safe: arm").verdict).toBe("holds");
  });
});

describe("reachable_from_everywhere", () => {
  const goal: CatalogueInput["invariants"] = [{ reachableFromEverywhere: "idle" }];

  test("an urgent mode always is, and so is one without `from`", () => {
    const invariants = [{ reachableFromEverywhere: "safe" }, { reachableFromEverywhere: "work" }];

    expect(report(robot({ invariants }), "reachable_from_everywhere: safe").verdict).toBe("holds");
    expect(report(robot({ invariants }), "reachable_from_everywhere: work").verdict).toBe("holds");
  });

  test("a trap is shown by the shortest way into it", () => {
    const modes = {
      idle: { from: ["work"] },
      work: { nodes: ["arm"], from: ["idle"] },
      trap: { from: ["work", "trap"] },
    };
    const { verdict, trace, reason } = report(
      robot({ modes, invariants: goal }),
      "reachable_from_everywhere: idle",
    );

    expect(verdict).toBe("violated");
    expect(trace).toEqual(["boot idle", "request work", "request trap"]);
    expect(reason).toContain("'from' refuses them");
  });
});

describe("what is not decided says so", () => {
  const invariants: Invariant[] = [{ kind: "never_together", nodes: ["arm", "flasher"], faults: "none" }];

  test("when a limit is reached", () => {
    const { verdict, properties } = verifyCatalogue(robot(), { invariants, builtIns: false, maxStates: 5 });

    expect(verdict).toBe("not_decided");
    expect(properties[0]).toMatchObject({
      verdict: "not_decided",
      reason: "The search was ended: it has more than 5 states.",
    });
  });

  test("when it is cancelled, and what was decided before stays", () => {
    let asked = 0;
    const report = verifyCatalogue(robot(), {
      invariants: [...invariants, ...invariants],
      builtIns: false,
      isCancelled: () => ++asked > 2,
    });

    expect(report.properties.map((one) => one.verdict)).toEqual(["holds", "not_decided"]);
    expect(report.verdict).toBe("not_decided");
  });

  test("and a violation outweighs it", () => {
    const violated: Invariant = { kind: "never_together", nodes: ["clock", "arm"] };
    const { verdict } = verifyCatalogue(robot(), {
      invariants: [violated, ...invariants],
      builtIns: false,
      maxStates: 60,
    });

    expect(verdict).toBe("violated");
  });
});

test("progress is told before each property and at the end", () => {
  const told: string[] = [];
  verifyCatalogue(robot({ modes: { idle: ["clock"] } }), {
    onProgress: ({ done, total, property }) => told.push(`${done}/${total} ${property}`),
  });

  expect(told).toEqual(["0/3 no_deadlock", "1/3 complete: idle", "2/3 worst_time: idle", "3/3 "]);
});

test("progress is told within a property of many questions too, and cancelling ends it between two of them", () => {
  const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
  const modes = Object.fromEntries(names.map((name, index) => [`m${index}`, [name]]));
  const catalogue = defineCatalogue({ defaultMode: "m0", modes });
  const parts: number[] = [];
  const { properties } = verifyCatalogue(catalogue, {
    invariants: [{ kind: "never_together", nodes: names, faults: "none" }],
    builtIns: false,
    onProgress: ({ part }) => parts.push(part),
    isCancelled: () => parts.length > 2,
  });

  expect(parts).toEqual([0, 1 / 66, 12 / 66, 0]);
  expect(properties).toMatchObject([{ verdict: "not_decided", reason: "The verification was cancelled." }]);
});

test("odd names are nothing special", () => {
  const catalogue = defineCatalogue({
    defaultMode: "__proto__",
    modes: new Map([
      ["__proto__", ["2"]],
      ["constructor", ["#x"]],
    ]),
    invariants: [{ neverTogether: ["2", "#x"] }],
  });

  expect(report(catalogue, "never_together: 2, #x").verdict).toBe("violated");
});
