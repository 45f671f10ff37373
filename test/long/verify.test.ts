/** Verification at the size that was promised, within the time that was promised, and projection on many catalogues. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { Catalogue, FaultBudget } from "../../src/modes/catalogue.ts";
import { catalogueArbitrary } from "../../src/testing/arbitraries.ts";
import { Decider } from "../../src/verify/decide.ts";
import { neverTogetherPairs, verifyCatalogue } from "../../src/verify/verify-catalogue.ts";
import { askWhole, questionsOf, searchLimits } from "../verify/whole-model.ts";

/** Modes with two fifths of the nodes each; every tenth node depends on a clock, every fiftieth pair conflicts. */
function large(modeCount: number, nodeCount: number): Catalogue {
  const names = Array.from({ length: nodeCount }, (_, index) => `n${index}`);
  const isListed = (mode: number, index: number): boolean =>
    index === 0 || (index * 7 + mode * 3 + ((index * mode) % 11)) % 5 < 2;
  const lists = (mode: number): string[] =>
    names.filter((_, index) => isListed(mode, index) && (index % 50 !== 2 || !isListed(mode, index - 1)));
  const nodes = names.map((name, index) => {
    const dependsOn = index % 10 === 5 ? ["n0"] : [];
    const conflicts = index % 50 === 2 ? [`n${index - 1}`] : [];
    return [name, { dependsOn, conflicts }] as const;
  });
  const modes = new Map(Array.from({ length: modeCount }, (_, mode) => [`mode${mode}`, lists(mode)]));
  return defineCatalogue({ defaultMode: "mode0", nodes: new Map(nodes), modes });
}

test.each([
  [10, 50, 1],
  [100, 500, 40],
] as const)(
  "all pairs of %i modes and %i nodes are decided within %i s, under every budget",
  (modes, nodes, seconds) => {
    const catalogue = large(modes, nodes);
    for (const faults of ["any", "starts", "none"] as const) {
      const begun = performance.now();
      const { properties, states } = verifyCatalogue(catalogue, {
        invariants: neverTogetherPairs(catalogue, faults),
        builtIns: false,
      });
      const took = performance.now() - begun;

      console.log(
        `${modes} modes, ${nodes} nodes, faults ${faults}: ${Math.round(took)} ms, ${states} states`,
      );
      expect(properties.filter((one) => one.verdict === "not_decided")).toEqual([]);
      expect(took).toBeLessThan(seconds * 1000);
    }
  },
);

test("every answer on 10,000 small catalogues is that of a search through the whole of each", () => {
  const tally = { yes: 0, no: 0, unknown: 0 };
  const small = fc.record({
    catalogue: catalogueArbitrary({ maxNodes: 4, maxModes: 3, names: "plain" }),
    faults: fc.constantFrom<FaultBudget>("none", "starts", "any"),
    draw: fc.nat(),
  });
  fc.assert(
    fc.property(small, ({ catalogue, faults, draw }) => {
      const questions = questionsOf(catalogue);
      const question = questions[draw % Math.max(1, questions.length)];
      if (question === undefined) return;
      const answer = new Decider(catalogue, searchLimits).decide(question, faults);
      const whole = askWhole(catalogue, question, faults);

      tally[answer.kind]++;
      if (answer.kind !== "unknown" && whole !== "unknown") expect(answer.kind).toBe(whole);
    }),
    { numRuns: 10_000 },
  );
  console.log(tally);
  expect(tally.unknown).toBeLessThan(200);
});
