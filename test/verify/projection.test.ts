/**
 * Projection loses nothing and invents nothing: on small random catalogues every question is decided as a search
 * through all nodes and all modes decides it.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { FaultBudget } from "../../src/modes/catalogue.ts";
import { catalogueArbitrary } from "../../src/testing/arbitraries.ts";
import { badStates, Decider } from "../../src/verify/decide.ts";
import { obeysFrom } from "../../src/verify/obeys-from.ts";
import { search } from "../../src/verify/search.ts";
import { askWhole, questionsOf, searchLimits, wholeModel } from "./whole-model.ts";

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

test("a counterexample is a shortest one, and every request on it is allowed by `from`", () => {
  let found = 0;
  const two = fc.record({
    catalogue: catalogueArbitrary({ maxNodes: 2, maxModes: 4, names: "plain" }),
    faults: fc.constantFrom<FaultBudget>("none", "starts", "any"),
    draw: fc.nat(),
  });
  fc.assert(
    fc.property(two, ({ catalogue, faults, draw }) => {
      const questions = questionsOf(catalogue).filter(({ nodes }) => nodes.length === catalogue.nodes.size);
      const question = questions[draw % Math.max(1, questions.length)];
      if (question === undefined) return;
      const shortest = (withOthers: boolean): number => {
        const { nodes: first, mode: subject } = question;
        const model = wholeModel(catalogue, faults, { first, subject, withOthers });
        const whole = search(model, badStates(model, question.kind), searchLimits);
        return whole.kind === "found" ? whole.steps.length : Infinity;
      };

      const answer = new Decider(catalogue, searchLimits).decide(question, faults);

      if (answer.kind !== "yes") return;
      found++;
      // A time-out may make it shorter, but what it hits depends on nodes that nobody looks at.
      expect(answer.steps.length).toBeLessThanOrEqual(shortest(false));
      expect(answer.steps.length).toBeGreaterThanOrEqual(shortest(true));
      expect(obeysFrom(catalogue, answer.steps)).toBe(true);
    }),
    { numRuns: 400 },
  );
  expect(found).toBeGreaterThan(50);
});
