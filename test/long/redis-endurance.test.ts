import { expect, test } from "vitest";
import { fuzz } from "../bus/fuzz.ts";
import { soak } from "../bus/soak.ts";

test("I13: a hundred thousand malformed entries and messages harm nobody", { timeout: 600_000 }, async () => {
  const report = await fuzz(100_000, Date.now() % 1_000_000);
  process.stdout.write(`fuzz, seed ${report.seed}: heap after each tenth ${report.heapMb.join(" ")} MiB\n`);

  expect(report).toMatchObject({ answersStill: true, leftInStream: 0 });
  expect((report.heapMb.at(-1) ?? 0) - (report.heapMb[4] ?? 0)).toBeLessThan(10);
});

test("fifty thousand requests leave nothing behind", { timeout: 600_000 }, async () => {
  const report = await soak(50_000, 50);
  process.stdout.write(
    `soak: ${report.perSecond} requests/s, heap after each tenth ${report.heapMb.join(" ")} MiB, ` +
      `resources ${report.resources.join(" to ")}, connections ${report.connections.join(" to ")}\n`,
  );

  expect(report).toMatchObject({ answered: 50_000, warnings: [] });
  expect(report.connections[1]).toBe(report.connections[0]);
  expect(report.resources[1]).toBeLessThanOrEqual(report.resources[0] + 5);
  // The manager remembers the last 10,000 answers: from the third tenth on it grows no more.
  expect((report.heapMb.at(-1) ?? 0) - (report.heapMb[3] ?? 0)).toBeLessThan(10);
});
