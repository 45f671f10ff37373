/** The other half of transitions.test.ts, on catalogues so small that every corner is met often. */
import { test } from "vitest";
import { search } from "./search.ts";

test(
  "no rule is broken by 5,000 more random schedules on small catalogues",
  { timeout: 120_000 },
  async () => {
    await search({ runs: 5_000, maxNodes: 2, maxModes: 3 });
  },
);
