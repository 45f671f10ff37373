/**
 * The search: random runs through the real machine, executor and manager, every rule asserted on each. A violation is
 * shrunk and printed as a scenario with its seed.
 */
import * as fc from "fast-check";
import { playSchedule } from "../../src/testing/play-schedule.ts";
import { scheduleText } from "../scenarios/schedule-text.ts";
import { violations } from "./all-checks.ts";
import { runArbitrary, type RunDraft } from "./runs.ts";
import { Story } from "./story.ts";

/** What to search, and how long. */
export interface SearchOptions {
  readonly runs: number;
  /** @defaultValue a new one each time, printed when something is found */
  readonly seed?: number;
  /** Only violations whose line has this in it. */
  readonly rule?: string;
  readonly maxNodes?: number;
  readonly maxModes?: number;
  readonly maxSteps?: number;
}

/** Plays `runs` random schedules. @throws when one breaks a rule, with the smallest that does */
export async function search({ runs, seed, rule = "", ...size }: SearchOptions): Promise<void> {
  const property = fc.asyncProperty(runArbitrary(size), async (run) => {
    const wrong = await judge(run, rule);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
  });
  // A planted fault has only to be found (test/mutants).
  const endOnFailure = process.env["MODESHIFT_MUTANT"] !== undefined;
  const found = await fc.check(property, {
    numRuns: runs,
    endOnFailure,
    ...(seed === undefined ? {} : { seed }),
  });
  if (!found.failed) return;
  const [run] = found.counterexample ?? [];
  throw new Error(run === undefined ? fc.defaultReportMessage(found) : await report(run, found, rule));
}

async function judge({ catalogue, schedule }: RunDraft, rule: string): Promise<string[]> {
  const played = await playSchedule(catalogue, schedule);
  return violations(new Story(played)).filter((line) => line.includes(rule));
}

async function report(
  run: RunDraft,
  { seed, counterexamplePath, numRuns, numShrinks }: fc.RunDetails<[RunDraft]>,
  rule: string,
): Promise<string> {
  const wrong = await judge(run, rule);
  return [
    ...wrong,
    `found in run ${numRuns} with seed ${seed} (path ${counterexamplePath}), after ${numShrinks} shrinks:`,
    "",
    scheduleText(run.catalogue, run.schedule),
  ].join("\n");
}
