/** The other half of transitions.test.ts, on catalogues so small that every corner is met often. */
import { test } from "vitest";
import { search } from "./search.ts";

test(
  "no rule is broken by 1,500 more random schedules on small catalogues",
  { timeout: 120_000 },
  async () => {
    await search({ runs: 1_500, seed: 20_261_123, maxNodes: 2, maxModes: 3 });
  },
);
