import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

test("I13: ten thousand malformed entries and messages harm nobody", { timeout: 60_000 }, async () => {
  const report = await fuzz(10_000, Date.now() % 1_000_000);

  expect(report).toMatchObject({ answersStill: true, leftInStream: 0 });
  expect(report.deadLetters).toBeGreaterThan(0);
  expect(report.deadLetters).toBeLessThan(1_200);
});
