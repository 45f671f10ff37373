/** A manager on three functions, in virtual time: what it leaves alone, and what it tells the functions. */
import { expect, onTestFinished, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { bareNode } from "../../src/modes/bare-node.ts";
import type { NodeFunctions } from "../../src/supervisor/function-incarnation.ts";
import { supervisorFrom } from "../../src/supervisor/supervisor-from.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  modes: { idle: [], teleop: ["drive", "arm"], demo: ["drive"] },
});

async function started(functions: NodeFunctions) {
  const clock = simulatedClock();
  const supervisor = supervisorFrom(functions);
  const manager = createLifecycleManager({ catalogue, supervisor, clock });
  onTestFinished(() => void manager.stop());
  const boot = manager.start();
  await clock.settle();
  await boot;
  return { manager, clock, supervisor };
}

test("I1: what runs and is in no mode is shown as foreign, is no part of any plan, and is never touched", async () => {
  const up = new Set(["drive", "somebody's"]);
  const stopped: string[] = [];
  const { manager, clock, supervisor } = await started({
    startNode: (name) => void up.add(name),
    stopNode: (name) => {
      stopped.push(name);
      up.delete(name);
    },
    getRunningNodes: () => up,
  });
  await (manager.changeMode("teleop"), clock.advance(1_500));
  await (manager.changeMode("idle"), clock.advance(1_500));

  expect([...manager.nodes.keys()]).toEqual(["drive", "arm"]);
  expect(supervisor.capabilities.notes).toContain("foreign, not touched: somebody's");
  expect(stopped).toEqual(["drive", "drive", "arm"]);
  expect([...up]).toEqual(["somebody's"]);
});

test("I8: preemption aborts no start that the new mode wants, and the one it does not want at once", async () => {
  const up = new Set<string>();
  const signals = new Map<string, AbortSignal>();
  const finish = new Map<string, () => void>();
  const { manager, clock } = await started({
    startNode: (name, { signal }) => {
      signals.set(name, signal);
      return new Promise<void>((resolve) => {
        finish.set(name, () => {
          up.add(name);
          resolve();
        });
        signal.addEventListener("abort", () => resolve());
      });
    },
    stopNode: (name) => void up.delete(name),
    getRunningNodes: () => up,
  });
  void manager.changeMode("teleop");
  while (signals.size < 2) await clock.settle();
  const demo = manager.changeMode("demo");
  await clock.advance(10);

  expect([...signals].map(([name, { aborted }]) => [name, aborted])).toEqual([
    ["drive", false],
    ["arm", true],
  ]);
  finish.get("drive")?.();
  await clock.advance(30);
  expect(await demo).toMatchObject({ outcome: "changed", nodesStarted: ["drive"] });
});

test("I11: getRunningNodes that never answers is asked again, and a death is seen all the same", async () => {
  const clock = simulatedClock();
  const up = new Set<string>();
  let silent = false;
  const supervisor = supervisorFrom({
    startNode: (name) => void up.add(name),
    stopNode: (name) => void up.delete(name),
    getRunningNodes: () => (silent ? new Promise<never>(() => {}) : up),
  });
  await supervisor.open(new Map([["drive", bareNode("drive")]]), {
    namespace: "a",
    clock,
    waitForLock: false,
  });
  const started = supervisor.start("drive");
  await clock.advance(10);
  await started;

  silent = true;
  await clock.advance(20_000);
  expect(supervisor.capabilities.notes.join()).toContain("getRunningNodes failed: no answer");
  up.delete("drive");
  silent = false;
  await clock.advance(20_000);

  expect(supervisor.running().get("drive")?.state).toBe("stopped");
  expect(supervisor.capabilities.notes.join()).not.toContain("failed");
  await supervisor.close();
});
