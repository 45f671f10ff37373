/**
 * A test of your modes without a robot: the machine that runs says which ways there are, a fake supervisor plays the
 * nodes, and time is simulated. Put it into a test of your runner; here it throws when something does not hold.
 */
import assert from "node:assert/strict";
import { createLifecycleManager, loadCatalogue } from "modeshift";
import { fakeSupervisor, simulatedClock } from "modeshift/testing";
import { createModeMachine, type ModeContext, type ModeMachineEvent } from "modeshift/xstate";
import { getShortestPaths } from "xstate/graph";

const catalogue = await loadCatalogue(`${import.meta.dirname}/rover/modeshift.yaml`);
const modes = [...catalogue.modes.keys()];

/** What comes next for a machine whose nodes all do as they are told: the running plan, node by node, to its end. */
function allGoesWell({ plan, transition, observed }: ModeContext): ModeMachineEvent[] {
  if (plan === null || transition === null) return [];
  const states = new Map(observed.map(([node, { state }]) => [node, state]));
  const report = (node: string, state: "ready" | "stopped"): ModeMachineEvent[] =>
    (states.get(node) ?? "stopped") === state
      ? []
      : [{ type: "node.observed", node, observed: { state, generation: 1 } }];
  const left = [
    ...plan.stop.flatMap(({ node }) => report(node, "stopped")),
    ...plan.start.flatMap(({ node }) => report(node, "ready")),
  ];
  return [left[0] ?? { type: "plan.done", plan: plan.number, at: 0 }];
}

// The shortest way into every mode, and from every mode into every other that it may be left for.
const paths = getShortestPaths(createModeMachine(catalogue), {
  events: ({ context }) => [
    ...allGoesWell(context),
    ...(context.transition === null ? modes : []).map(
      (mode) => ({ type: "mode.request", mode, requestId: mode }) as const,
    ),
  ],
  serializeState: ({ value, context }) =>
    `${context.current} to ${value.mode}: ${context.observed.map(([node, { state }]) => `${node} ${state}`).join()}`,
}).filter(({ steps }) => steps.at(-1)?.event.type === "mode.request");

for (const { steps } of paths) {
  const clock = simulatedClock();
  const nodes = { camera: { startMs: 300 }, drive: { stopMs: 200 } };
  const manager = createLifecycleManager({ catalogue, clock, supervisor: fakeSupervisor({ nodes }) });
  void manager.start();
  await clock.runAll();
  for (const { event } of steps) {
    if (event.type !== "mode.request") continue;
    const answer = manager.changeMode(event.mode);
    await clock.runAll();
    const { ok, currentMode } = await answer;
    const expected = catalogue.modes.get(event.mode)?.nodes ?? [];
    assert.ok(ok, `${event.mode} was not reached`);
    assert.equal(currentMode, event.mode);
    assert.deepEqual(manager.runningNodes.toSorted(), expected.toSorted());
  }
  const stopped = manager.stop();
  await clock.runAll();
  await stopped;
}
console.log(`${paths.length} paths through ${modes.length} modes hold`);
