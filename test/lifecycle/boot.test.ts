/** I18: into which mode a manager starts, by what the one before has left. */
import { expect, onTestFinished, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import type { PlaceRecord } from "../../src/supervisor/supervisor.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  nodes: { clock: {}, drive: { startTimeout: 100 } },
  modes: {
    idle: [],
    teleop: { nodes: ["clock", "drive"], from: ["idle"] },
    safe: { nodes: ["clock"], urgent: true },
    dock: { nodes: [], urgent: true },
  },
});

async function bootAfter(interrupted: PlaceRecord | null) {
  const [supervisor, clock] = [fakeSupervisor({ opened: { interrupted } }), simulatedClock()];
  const manager = createLifecycleManager({ catalogue, supervisor, clock });
  onTestFinished(() => void manager.stop());
  const boot = manager.start();
  await clock.runAll();
  return boot;
}

test.each([
  ["nothing, a clean end", null, "idle"],
  ["a crash in an ordinary mode", { settled: "teleop", target: "teleop", urgent: false }, "idle"],
  ["a crash on the way between ordinary modes", { settled: "idle", target: "teleop", urgent: false }, "idle"],
  ["a crash in an urgent mode", { settled: "safe", target: "safe", urgent: true }, "safe"],
  ["a crash on the way into an urgent mode", { settled: "teleop", target: "safe", urgent: true }, "safe"],
  ["a crash on the way out of an urgent mode", { settled: "safe", target: "teleop", urgent: false }, "safe"],
  ["a crash between two urgent modes", { settled: "safe", target: "dock", urgent: true }, "dock"],
  ["a crash during the first boot", { settled: null, target: "idle", urgent: false }, "idle"],
  ["a crash in a mode that is gone from the catalogue", { settled: "x", target: "x", urgent: true }, "idle"],
])("I18: after %s", async (_, place, mode) => {
  const result = await bootAfter(place === null ? null : { request: null, ...place });

  expect(result).toMatchObject({ outcome: "changed", previousMode: null, currentMode: mode });
});
