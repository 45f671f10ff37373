/** 50,000 random runs of the real manager, with new seeds, each of which the verifier's model must be able to do. */
import { test } from "vitest";
import { freshSeed } from "../invariants/fresh-seed.ts";
import { followRandomRuns } from "../verify/follow-random.ts";

test(
  "every one of 50,000 random runs of the manager is a trace of the model",
  { timeout: 3_600_000 },
  async () => {
    await followRandomRuns({ runs: 50_000, seed: freshSeed() });
  },
);
