/**
 * Projection loses nothing and invents nothing: on small random catalogues every question is decided as a search
 * through all nodes and all modes decides it.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { FaultBudget } from "../../src/modes/catalogue.ts";
import { catalogueArbitrary } from "../../src/testing/arbitraries.ts";
import { Decider } from "../../src/verify/decide.ts";
import { askWhole, questionsOf, searchLimits } from "./whole-model.ts";

const small = fc
  .record({
    catalogue: catalogueArbitrary({ maxNodes: 3, maxModes: 3, names: "plain" }),
    faults: fc.constantFrom<FaultBudget>("none", "starts", "any"),
    draw: fc.nat(),
  })
  .filter(({ catalogue }) => catalogue.nodes.size > 1);

test("every answer on a small catalogue is that of a search through the whole of it", () => {
  const tally = { yes: 0, no: 0, unknown: 0 };
  fc.assert(
    fc.property(small, ({ catalogue, faults, draw }) => {
      const questions = questionsOf(catalogue);
      const question = questions[draw % questions.length]!;
      const whole = askWhole(catalogue, question, faults);
      if (whole === "unknown") return;

      const answer = new Decider(catalogue, searchLimits).decide(question, faults);

      tally[answer.kind]++;
      if (answer.kind !== "unknown") expect(answer.kind).toBe(whole);
    }),
    { numRuns: 300 },
  );
  // "Not decided" is honest, but has to stay rare to be of use.
  expect(tally.unknown).toBeLessThan((tally.yes + tally.no) / 20);
});
