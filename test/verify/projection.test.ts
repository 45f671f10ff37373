/**
 * Projection loses nothing and invents nothing: on small random catalogues every question is decided as a search
 * through all nodes and all modes decides it.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Catalogue, FaultBudget } from "../../src/modes/catalogue.ts";
import { catalogueArbitrary } from "../../src/testing/arbitraries.ts";
import { badStates, Decider } from "../../src/verify/decide.ts";
import type { Question } from "../../src/verify/question.ts";
import { search } from "../../src/verify/search.ts";
import { wholeModel } from "./whole-model.ts";

const limits = { maxStates: 60_000, isCancelled: () => false };

function questionsOf(catalogue: Catalogue): Question[] {
  const names = [...catalogue.nodes.keys()];
  const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other]));
  const modes = [...catalogue.modes.keys()];
  return [
    ...pairs.map((nodes): Question => ({ kind: "together", nodes, mode: null })),
    ...pairs.map((nodes): Question => ({ kind: "blocked", nodes, mode: null })),
    ...modes.flatMap((mode) => names.map((node): Question => ({ kind: "quiet", nodes: [node], mode }))),
  ];
}

function askWhole(catalogue: Catalogue, question: Question, faults: FaultBudget): string {
  const model = wholeModel(catalogue, faults, { first: question.nodes, subject: question.mode });
  return { found: "yes", none: "no", limit: "unknown" }[
    search(model, badStates(model, question.kind), limits).kind
  ];
}

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

      const answer = new Decider(catalogue, limits).decide(question, faults);

      tally[answer.kind]++;
      if (answer.kind !== "unknown") expect(answer.kind).toBe(whole);
    }),
    { numRuns: 300 },
  );
  // "Not decided" is honest, but has to stay rare to be of use.
  expect(tally.unknown).toBeLessThan((tally.yes + tally.no) / 20);
});
