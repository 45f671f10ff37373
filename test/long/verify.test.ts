/** Verification at the size that was promised, within the time that was promised, and projection on many catalogues. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { crowdedRobot } from "../../bench/robots.ts";
import type { FaultBudget } from "../../src/modes/catalogue.ts";
import { catalogueArbitrary } from "../../src/testing/arbitraries.ts";
import { Decider } from "../../src/verify/decide.ts";
import { neverTogetherPairs, verifyCatalogue } from "../../src/verify/verify-catalogue.ts";
import { askWhole, questionsOf, searchLimits } from "../verify/whole-model.ts";

test.each([
  [10, 50, 1, "without policies"],
  [100, 500, 40, "without policies"],
  [10, 50, 4, "with policies and `from`"],
  [100, 500, 90, "with policies and `from`"],
] as const)(
  "all pairs of %i modes and %i nodes are decided within %i s, under every budget, %s",
  (modes, nodes, seconds, kind) => {
    const catalogue = crowdedRobot(modes, nodes, kind !== "without policies");
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
