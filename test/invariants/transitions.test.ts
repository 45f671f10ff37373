/**
 * I1 to I20 under every order: random schedules of requests, failures, crashes, time-outs and preemptions through the
 * real machine, executor and manager, in virtual time. A million of them: test/long/transitions.test.ts.
 */
import { test } from "vitest";
import { freshSeed } from "./fresh-seed.ts";
import { search } from "./search.ts";

// One seed says the same thing everywhere; the other is new each time, so that CI goes on looking.
test("no rule is broken by 5,000 random schedules", { timeout: 240_000 }, async () => {
  await search({ runs: 2_500, seed: 20_261_123 });
  await search({ runs: 2_500, seed: freshSeed() });
});
