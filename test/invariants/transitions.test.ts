/**
 * I1 to I20 under every order: random schedules of requests, failures, crashes, time-outs and preemptions through the
 * real machine, executor and manager, in virtual time. A million of them: test/long/transitions.test.ts.
 */
import { test } from "vitest";
import { search } from "./search.ts";

// One seed, so that this suite says the same thing everywhere; new ones are tried by the long suites.
test("no rule is broken by 1,500 random schedules", { timeout: 120_000 }, async () => {
  await search({ runs: 1_500, seed: 20_261_123 });
});
