/**
 * The system that model tests drive when the user gives none: a real manager of his catalogue, on a fake supervisor and
 * in virtual time. Also an example of what a system of one's own has to do.
 */
import { createLifecycleManager } from "../lifecycle-manager.ts";
import type { LifecycleManager } from "../lifecycle/manager-options.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import { fakeSupervisor } from "./fake-supervisor.ts";
import type { Faults, ModelSystem } from "./model-system.ts";
import { simulatedClock, type SimulatedClock } from "./simulated-clock.ts";

/** Longer than any transition may take, virtual ms. */
const patienceMs = 24 * 3_600_000;

/** A manager of the catalogue whose nodes fail as `faults` says, booted. */
export async function fakeSystem(catalogue: Catalogue, faults: Faults): Promise<ModelSystem> {
  const clock = simulatedClock();
  const supervisor = fakeSupervisor();
  const manager: LifecycleManager = createLifecycleManager({ catalogue, supervisor, clock });
  await passing(clock, manager.start());
  return {
    request(mode) {
      for (const node of catalogue.nodes.keys()) {
        supervisor.script(node, {
          ...(faults.startFails(node) ? { failsToSpawn: "EFAULT" } : {}),
          ...(faults.stopFails(node) ? { stopMs: Infinity, survivesKills: Infinity } : {}),
        });
      }
      return passing(clock, manager.changeMode(mode));
    },
    running: () => manager.runningNodes,
    dispose: () => passing(clock, manager.stop()),
  };
}

/** Lets just so much time pass as the promise takes. */
async function passing<Value>(clock: SimulatedClock, promise: Promise<Value>): Promise<Value> {
  const open = new Set([promise]);
  const noted = promise.finally(() => open.delete(promise));
  await clock.settle();
  while (open.size > 0 && clock.nextAt !== undefined && clock.nextAt < patienceMs) {
    await clock.advance(clock.nextAt - clock.now());
  }
  return noted;
}
