/**
 * Plays a schedule from boot to stop and hands back what happened. It judges nothing: what must hold of the journal is
 * said by whoever reads it.
 */
import type { Catalogue } from "../modes/catalogue.ts";
import type { Played, Rest } from "./journal.ts";
import type { Schedule } from "./schedule.ts";
import { Stage } from "./stage.ts";

/** What is still to come after everything has settled: restarts, repeated kills. */
const aftermathMs = 3_000;

/** Plays the schedule to its end, then stops the manager. */
export async function playSchedule(catalogue: Catalogue, schedule: Schedule): Promise<Played> {
  const stage = new Stage(catalogue, schedule.nodes);
  await stage.boot();
  for (const step of schedule.steps) await stage.take(step);
  const rest = await comeToRest(stage);
  const stopped = await stage.stop();
  const { journal, bus, supervisor } = stage;
  return { catalogue, schedule, journal, rest, stopped, bus, supervisor };
}

async function comeToRest(stage: Stage): Promise<Rest | null> {
  if (!(await stage.settle())) return null;
  await stage.clock.advance(aftermathMs);
  if (!(await stage.settle())) return null;
  const { manager, clock, supervisor } = stage;
  const { context } = manager.actor.getSnapshot();
  return { at: clock.now(), context, state: manager.state, running: supervisor.running() };
}
