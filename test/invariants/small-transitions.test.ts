/** The other half of transitions.test.ts, on catalogues so small that every corner is met often. */
import { test } from "vitest";
import { freshSeed } from "./fresh-seed.ts";
import { search } from "./search.ts";

test(
  "no rule is broken by 5,000 more random schedules on small catalogues",
  { timeout: 240_000 },
  async () => {
    const small = { runs: 2_500, maxNodes: 2, maxModes: 3 };
    await search({ ...small, seed: 20_261_123 });
    await search({ ...small, seed: freshSeed() });
  },
);
