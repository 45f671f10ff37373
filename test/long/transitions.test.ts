/**
 * A million random schedules, in slices of growing size. `MODESHIFT_SCHEDULES` sets another number; a violation prints
 * its seed and the smallest schedule that shows it.
 */
import { test } from "vitest";
import { search } from "../invariants/search.ts";

const runs = Number(process.env["MODESHIFT_SCHEDULES"] ?? 1_000_000);

test.each([
  { share: 0.3, maxNodes: 2, maxModes: 2, maxSteps: 8 },
  { share: 0.4, maxNodes: 4, maxModes: 4, maxSteps: 12 },
  { share: 0.3, maxNodes: 7, maxModes: 5, maxSteps: 20 },
])(
  "no rule is broken by random schedules of up to $maxNodes nodes, $maxModes modes and $maxSteps steps",
  { timeout: 6 * 3_600_000 },
  async ({ share, ...size }) => {
    await search({ runs: Math.round(runs * share), ...size });
  },
);
