/** Random schedules played by the real manager, each followed in the verifier's model; a run it loses is shrunk. */
import * as fc from "fast-check";
import { playSchedule } from "../../src/testing/play-schedule.ts";
import type { Schedule, ScheduleStep } from "../../src/testing/schedule.ts";
import type { StepKind } from "../../src/verify/step.ts";
import { runArbitrary } from "../invariants/runs.ts";
import { scheduleText } from "../scenarios/schedule-text.ts";
import { follow } from "./follow.ts";

/** Plays so many. @throws with the smallest run that the model cannot do. Returns the kinds of steps that were taken. */
export async function followRandomRuns(options: {
  readonly runs: number;
  readonly seed: number;
}): Promise<ReadonlySet<StepKind>> {
  const taken = new Set<StepKind>();
  const runs = runArbitrary({ maxNodes: 3, maxModes: 4, maxSteps: 10 }).map((run) => ({
    ...run,
    schedule: withinTheModel(run.schedule),
  }));
  await fc.assert(
    fc.asyncProperty(runs, async ({ catalogue, schedule }) => {
      const followed = follow(await playSchedule(catalogue, schedule));
      for (const kind of followed.taken) taken.add(kind);
      if (followed.lostAt === null) return;
      throw new Error(
        `the model cannot do this, at ${followed.lostAt}\n\n${scheduleText(catalogue, schedule)}`,
      );
    }),
    { numRuns: options.runs, seed: options.seed },
  );
  return taken;
}

/** Without shutdowns, and without what a user does to a node beside the modes. */
function withinTheModel({ nodes, steps }: Schedule): Schedule {
  const isOutside = (step: ScheduleStep): boolean =>
    step.do === "stop" || step.do === "restart" || (step.do === "when" && isOutside(step.then));
  return { nodes, steps: steps.filter((step) => !isOutside(step)) };
}
