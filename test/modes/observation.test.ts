/** What each observed state means: running, up, occupying. */
import { expect, test } from "vitest";
import { isOccupying, isRunning, isUp } from "../../src/modes/observation.ts";

test.each([
  ["starting", true, false, true],
  ["ready", true, true, true],
  ["stopping", true, false, true],
  ["stuck", true, false, true],
  ["backoff", true, false, false],
  ["done", true, true, false],
  ["stopped", false, false, false],
] as const)("I2, I12: %s: running %s, up %s, occupying %s", (state, running, up, occupying) => {
  const node = { state, generation: 1 };

  expect([isRunning(node), isUp(node), isOccupying(node)]).toEqual([running, up, occupying]);
});

test("a node that was never seen is stopped", () => {
  expect([isRunning(undefined), isUp(undefined), isOccupying(undefined)]).toEqual([false, false, false]);
});
