/**
 * A whole mode change through manager, statechart and executor, with nodes that start and stop at once: what modeshift
 * itself adds to the time that the nodes take. Before that, how long such a change keeps the event loop to itself.
 */
import { afterAll, bench, describe } from "vitest";
import { initialTransition, transition } from "xstate";
import { createLifecycleManager } from "../src/lifecycle-manager.ts";
import { createModeMachine } from "../src/machines/mode-machine.ts";
import { fakeSupervisor } from "../src/testing/fake-supervisor.ts";
import { longestTurn } from "./loop-gap.ts";
import { twoHalves, wideRobot } from "./robots.ts";

const median = (values: readonly number[]): string =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(1);

/** Half the nodes stop, the other half start, all at once: every node changes. */
async function loopGaps(nodeCount: number): Promise<string> {
  const manager = createLifecycleManager({
    catalogue: twoHalves(nodeCount),
    supervisor: fakeSupervisor(),
  });
  await manager.start();
  const turn = () => longestTurn(() => manager.changeMode(manager.currentMode === "one" ? "two" : "one"));
  for (let warming = 0; warming < 10; warming++) await turn();
  const turns = [];
  for (let change = 0; change < 30; change++) turns.push(await turn());
  await manager.stop();
  const [wall, cpu] = [turns.map(({ wallMs }) => wallMs), turns.map(({ cpuMs }) => cpuMs)];
  return `| ${nodeCount} | ${median(cpu)} | ${Math.max(...cpu).toFixed(1)} | ${median(wall)} | ${Math.max(...wall).toFixed(1)} |`;
}

console.log("longest turn of the event loop in a change of every node, ms (30 changes)");
console.log("| nodes | processor, median | worst | wall, median | worst |\n|---|---|---|---|---|");
for (const nodeCount of [100, 400, 1000]) console.log(await loopGaps(nodeCount));

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
