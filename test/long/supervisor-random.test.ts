/** Random play with every supervisor, for minutes. Prints what was played; a failure prints its seed, too. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { functionHarness } from "../supervisor/function-harness.ts";
import { playProcesses } from "../supervisor/process-play.ts";
import { playRandomly, randomNodes, steps, type Step } from "../supervisor/random-play.ts";

const numRuns = 150;

const plays: Readonly<Record<string, (sequence: readonly Step[]) => Promise<void>>> = {
  "processes in process groups": (sequence) => playProcesses(sequence, "group"),
  "processes in the best isolation there is": (sequence) => playProcesses(sequence, "auto"),
  "three functions": async (sequence) =>
    playRandomly(sequence, await functionHarness(randomNodes), () => undefined),
};

test.each(Object.entries(plays))("I1, I10, I12, I20: random play, %s", async (what, play) => {
  let moves = 0;
  const property = fc.asyncProperty(steps, (sequence) => {
    moves += sequence.length;
    return play(sequence);
  });
  const seed = Date.now() % 2 ** 31;
  const details = await fc.check(property, { seed, numRuns, endOnFailure: true });
  console.info(`${what}: ${details.numRuns} sequences, ${moves} moves, seed ${seed}`);
  if (details.failed) console.error(fc.defaultReportMessage(details), details.errorInstance);
  expect(details.failed).toBe(false);
});
