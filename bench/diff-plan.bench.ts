/** Diff and plan against a literal port of the seed's rule, which has no dependencies, states or restarts. */
import { bench, describe } from "vitest";
import { calculateModeDiff } from "../src/modes/diff.ts";
import { planTransition, wavesOf } from "../src/modes/plan.ts";
import { allReady, modeOf, wideRobot } from "./robots.ts";

/** stop = running and (not in target or in stop_nodes); start = target and not running. */
function seedRule(
  target: readonly string[],
  stopNodes: readonly string[],
  running: ReadonlySet<string>,
): [string[], string[]] {
  const [wanted, unwanted] = [new Set(target), new Set(stopNodes)];
  return [
    [...running].filter((node) => !wanted.has(node) || unwanted.has(node)),
    target.filter((node) => !running.has(node)),
  ];
}

for (const nodeCount of [100, 10_000]) {
  const catalogue = wideRobot(nodeCount);
  const [one, two] = [modeOf(catalogue, "one"), modeOf(catalogue, "two")];
  const observed = allReady(one);
  const running = new Set(observed.keys());

  describe(`from one mode to another, ${nodeCount} nodes`, () => {
    bench("the seed's rule", () => void seedRule(two.nodes, two.stopNodes, running));
    bench("diff (I2)", () => void calculateModeDiff(catalogue, two, observed, true));
    bench("plan: diff and dependencies", () => void planTransition(catalogue, two, observed, true));
    bench("plan and its waves", () => {
      const plan = planTransition(catalogue, two, observed, true);
      wavesOf(plan.stop);
      wavesOf(plan.start);
    });
  });
}
