/**
 * A whole mode change through manager, statechart and executor, with nodes that start and stop at once: what modeshift
 * itself adds to the time that the nodes take.
 */
import { afterAll, bench, describe } from "vitest";
import { initialTransition, transition } from "xstate";
import { createLifecycleManager } from "../src/lifecycle-manager.ts";
import { createModeMachine } from "../src/machines/mode-machine.ts";
import { fakeSupervisor } from "../src/testing/fake-supervisor.ts";
import { wideRobot } from "./robots.ts";

for (const nodeCount of [100, 400, 1000]) {
  const catalogue = wideRobot(nodeCount);
  const manager = createLifecycleManager({ catalogue, supervisor: fakeSupervisor() });
  await manager.start();
  afterAll(() => manager.stop());

  const machine = createModeMachine(catalogue);
  const [initial] = initialTransition(machine);
  const [booting] = transition(machine, initial, { type: "boot", mode: "one", epoch: 1 });

  const diff = manager.calculateModeDiff("two");

  describe(`${nodeCount} nodes: ${diff.stop.length} stop, ${diff.start.length} start, ${diff.keep.length} are kept`, () => {
    bench("the statechart's step alone", () => {
      transition(machine, booting, { type: "mode.request", mode: "two", requestId: "r" });
    });
    bench("changeMode, from call to result", async () => {
      await manager.changeMode(manager.currentMode === "one" ? "two" : "one");
    });
    bench("changeMode to the current mode (unchanged)", async () => {
      await manager.changeMode(manager.currentMode ?? "one");
    });
  });
}
