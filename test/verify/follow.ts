/** A played schedule followed in the verifier's model, moment by moment. */
import type { Played } from "../../src/testing/journal.ts";
import type { ModelState } from "../../src/verify/model-state.ts";
import { SETTLED, SETTLED_WITH_ERRORS } from "../../src/verify/model-state.ts";
import type { StepKind } from "../../src/verify/step.ts";
import { errorsOf } from "../invariants/checks/best-effort.ts";
import { Story, type Leg } from "../invariants/story.ts";
import { ModelTracker } from "./model-tracker.ts";

const stepsOfCause: Readonly<Record<string, readonly StepKind[]>> = {
  request: ["request"],
  rollback: ["roll_back"],
  fallback: ["fall_back"],
  auto: ["auto_fall_back"],
};

/** What came of it: null when the model can do all of it, else the first thing it cannot do. */
export interface Followed {
  readonly lostAt: string | null;
  readonly taken: ReadonlySet<StepKind>;
}

/** See the file header. Shutdown is no part of the model: the run is followed up to it. */
export function follow(played: Played): Followed {
  const story = new Story(played);
  const tracker = new ModelTracker(played.catalogue);
  const begun = new Map(story.legs.map((leg) => [leg.index, leg]));
  const ended = new Map(story.legs.flatMap((leg) => (leg.answer === undefined ? [] : [[leg.end, leg]])));
  const end = Math.min(played.journal.length, story.isShutDownAt);
  let overdueAt = Infinity;
  for (const [index, moment] of played.journal.slice(0, end).entries()) {
    const [leg, last] = [begun.get(index), ended.get(index)];
    if (moment.at >= overdueAt) tracker.giveUpStops();
    if (leg !== undefined) {
      overdueAt = story.overdueAt(leg);
      enter(tracker, leg);
    } else if (last !== undefined) settle(story, tracker, last);
    else if (moment.kind === "node") {
      // A start that is cut short because the time is up has failed.
      const isAsked = moment.cause.startsWith("asked to") && moment.at < overdueAt;
      tracker.node(moment.node, moment.status.state, isAsked);
    }
    if (tracker.size > 0) continue;
    return { lostAt: `${moment.at} ms: ${describe(story, index)}`, taken: tracker.taken };
  }
  return { lostAt: null, taken: tracker.taken };
}

/** The plan that was made is the one that the model makes. */
function enter(tracker: ModelTracker, { told: { plan, cause, to } }: Leg): void {
  const [stops, starts] = [plan.stop.map(({ node }) => node), plan.start.map(({ node }) => node)];
  const isRight = (state: ModelState): boolean => tracker.isPlanOf(state, stops, starts);
  if (cause === "boot") tracker.boot(isRight);
  else tracker.mode(stepsOfCause[cause] ?? [], to ?? "", isRight);
}

function settle(story: Story, tracker: ModelTracker, leg: Leg): void {
  if (leg.answer?.result.outcome === "superseded") return;
  const during = leg.told.cause === "rollback" || leg.told.cause === "fallback" ? leg.told.cause : undefined;
  const failed = errorsOf(story, leg).some((error) => error.during === during);
  const work = failed ? SETTLED_WITH_ERRORS : SETTLED;
  tracker.mode(["settle"], leg.told.to ?? "", (state) => state.work === work);
}

function describe(story: Story, index: number): string {
  const moment = story.journal[index];
  if (moment?.kind === "node") return `${moment.node} is ${moment.status.state} (${moment.cause})`;
  if (moment?.kind !== "event") return moment?.kind ?? "nothing";
  const { type, id, data } = moment.event;
  return `${type} ${id} ${JSON.stringify(data)}`;
}
