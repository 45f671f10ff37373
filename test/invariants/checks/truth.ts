/** I1: at rest the machine's picture, the published state and the supervisor's observation are one. */
import type { Mode } from "../../../src/modes/catalogue.ts";
import { isRunning } from "../../../src/modes/observation.ts";
import type { Rest } from "../../../src/testing/journal.ts";
import { sameSet, type Check } from "../story.ts";

export const truth: Check = ({ played: { rest }, catalogue }) => {
  if (rest === null) return [];
  const mode = catalogue.modes.get(rest.state.mode ?? "");
  return [...picture(rest), ...quiet(rest), ...(mode === undefined ? [] : health(rest, mode))];
};

function picture({ context, running, state }: Rest): string[] {
  const observed = new Map(context.observed);
  return [...running].flatMap(([node, status]) => {
    const { state: seen, generation } = observed.get(node) ?? { state: "stopped", generation: 0 };
    const is = `${status.state} #${status.generation}`;
    return [
      ...(`${seen} #${generation}` === is
        ? []
        : [`the machine has ${node} ${seen} #${generation}, it is ${is}`]),
      ...(state.nodes.get(node)?.state === status.state ? [] : [`the state has ${node} wrong`]),
    ];
  });
}

function quiet({ state: { mode, target, waitingFor } }: Rest): string[] {
  return [
    ...(mode === target ? [] : [`at rest in ${mode} on the way to ${target}`]),
    ...(waitingFor.length === 0 ? [] : [`at rest and waiting for ${waitingFor.join()}`]),
  ];
}

/** ok says no more and no less than that exactly the mode's nodes are up. */
function health({ state, running }: Rest, mode: Mode): string[] {
  const names = [...running].filter(([, status]) => isRunning(status)).map(([node]) => node);
  const settled = [...running.values()].every((status) =>
    ["ready", "done", "stopped"].includes(status.state),
  );
  const isAsItShould = sameSet(names, mode.nodes) && settled;
  return (state.health.status === "ok") === isAsItShould
    ? []
    : [`health is ${state.health.status} in ${mode.name}, and [${names.join()}] runs`];
}
