/** Random play with every supervisor, a little of it: test/long has more. A failure prints its seed. */
import * as fc from "fast-check";
import { test } from "vitest";
import { functionHarness } from "./function-harness.ts";
import { playProcesses } from "./process-play.ts";
import { playRandomly, randomNodes, steps } from "./random-play.ts";

const few = { numRuns: 2, endOnFailure: true };

test.each(["group", "auto"] as const)(
  "I1, I10, I12, I20: whatever happens to processes, what is said is what runs (isolation: %s)",
  async (isolation) => {
    await fc.assert(
      fc.asyncProperty(steps, (sequence) => playProcesses(sequence, isolation)),
      few,
    );
  },
);

test("I1, I10, I12, I20: whatever happens to functions, what is said is what runs", async () => {
  const play = async (sequence: Parameters<typeof playRandomly>[0]): Promise<void> =>
    playRandomly(sequence, await functionHarness(randomNodes), () => undefined);
  await fc.assert(fc.asyncProperty(steps, play), few);
});
