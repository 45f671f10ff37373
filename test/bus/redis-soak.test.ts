import { expect, test } from "vitest";
import { soak } from "./soak.ts";

test("five thousand requests leave nothing behind", { timeout: 60_000 }, async () => {
  const { answered, heapMb, resources, connections, warnings, eventsInStream } = await soak(5_000, 50);

  expect(answered).toBe(5_000);
  expect(warnings).toEqual([]);
  expect(connections[1]).toBe(connections[0]);
  expect(resources[1]).toBeLessThanOrEqual(resources[0] + 5);
  expect(eventsInStream).toBeLessThan(1_200);
  // The manager remembers answers, the bus does not: a few kilobytes for each at most.
  expect((heapMb.at(-1) ?? 0) - (heapMb[1] ?? 0)).toBeLessThan(20);
});
