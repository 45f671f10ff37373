/** I7: how long a manager remembers by itself which requests it has answered. */
import { expect, test } from "vitest";
import { KnownIds } from "../../src/bus/known-ids.ts";
import type { TransitionResult } from "../../src/modes/result.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

const answer: TransitionResult = {
  ...{ requestId: "r", outcome: "changed", ok: true, requestedMode: "idle", previousMode: null },
  ...{
    currentMode: "idle",
    nodesStarted: [],
    nodesStopped: [],
    errors: [],
    attempt: 1,
    durationMs: 0,
    at: 0,
  },
} as const;

test("I7: an answer is remembered for ten minutes, and no longer", async () => {
  const clock = simulatedClock();
  const ids = new KnownIds(clock);
  ids.answer("r", answer);

  await clock.advance(599_999);
  expect(ids.find("r")?.result).toBe(answer);
  await clock.advance(1);
  expect(ids.find("r")).toBeUndefined();
});

test("I7: the last 10,000 answers are remembered", () => {
  const ids = new KnownIds(simulatedClock());
  for (let count = 0; count <= 10_000; count++) ids.answer(`r${count}`, answer);

  expect(ids.find("r0")).toBeUndefined();
  expect(ids.find("r1")?.result).toBe(answer);
});

test("I7: a request in hand is remembered for as long as it takes, with the moment of its first reading", async () => {
  const clock = simulatedClock();
  const ids = new KnownIds(clock);
  ids.take("slow", "idle");
  await clock.advance(3_600_000);

  expect(ids.take("slow", "teleop")).toEqual({ mode: "idle", readAt: 0 });
  expect(ids.find("slow")).toEqual({ mode: "idle", readAt: 0 });
});
