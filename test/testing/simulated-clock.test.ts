/** The simulated clock: order, time, promises between timers. */
import { expect, test } from "vitest";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

test("timers fire in order of time, then of setting, each at its own moment", async () => {
  const clock = simulatedClock();
  const fired: string[] = [];
  const note = (name: string) => () => fired.push(`${name} at ${clock.now()}`);
  clock.setTimeout(note("c"), 20);
  clock.setTimeout(note("a"), 10);
  clock.setTimeout(note("b"), 10);

  await clock.advance(30);

  expect(fired).toEqual(["a at 10", "b at 10", "c at 20"]);
  expect(clock.now()).toBe(30);
});

test("what a timer causes through promises has happened before the next timer fires", async () => {
  const clock = simulatedClock();
  const seen: string[] = [];
  const later = async (): Promise<void> => {
    for (let hop = 0; hop < 50; hop++) await Promise.resolve();
    seen.push("promise");
    clock.setTimeout(() => seen.push("set on the way"), 1);
  };
  clock.setTimeout(() => void later(), 5);
  clock.setTimeout(() => seen.push("timer"), 7);

  await clock.advance(10);

  expect(seen).toEqual(["promise", "set on the way", "timer"]);
});

test("a cleared timer does not fire, not even when an earlier one of the same moment clears it", async () => {
  const clock = simulatedClock();
  let fired = false;
  clock.setTimeout(() => clock.clearTimeout(victim), 10);
  const victim = clock.setTimeout(() => (fired = true), 10);

  await clock.runAll();

  expect(fired).toBe(false);
  expect(clock.pending).toBe(0);
});

test("runAll ends with the last timer, and at its limit when timers never end", async () => {
  const clock = simulatedClock();
  clock.setTimeout(() => undefined, 250);
  expect(await clock.runAll()).toBe(250);

  const again = (): unknown => clock.setTimeout(again, 100);
  again();
  expect(await clock.runAll(1_000)).toBe(1_000);
  expect(clock.nextAt).toBe(1_350);
});
