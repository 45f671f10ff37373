/**
 * The stop/start/keep diff between a mode and what really runs: the rule of I2, and nothing else.
 *
 * Pure and deterministic; plan.ts orders the diff into steps. `modeshift plan` and the execution use this code.
 */
import type { Catalogue, Mode } from "./catalogue.ts";
import { isRunning, type Observed, type ObservedNode } from "./observation.ts";

/** What must change to make the running set equal to a mode. Each list is in catalogue order. */
export interface ModeDiff<Node extends string = string> {
  readonly stop: readonly Node[];
  /** May share nodes with `stop`: those are stopped, then started. */
  readonly start: readonly Node[];
  readonly keep: readonly Node[];
}

/**
 * The diff of I2.
 *
 * @param observed - cut down to the catalogue's nodes and the journal's leftovers (I1); leftovers, which the
 * catalogue does not know, are stopped first.
 * @param entering - true when the mode is not the current one: only then do `restart_nodes` count.
 */
export function calculateModeDiff<M extends string, N extends string>(
  catalogue: Catalogue<M, N>,
  mode: Mode<M, N>,
  observed: Observed<N>,
  entering: boolean,
): ModeDiff<N> {
  const target = new Set<N>(mode.nodes);
  const doomed = new Set<N>([...mode.stopNodes, ...(entering ? mode.restartNodes : [])]);
  const leftovers = [...observed.keys()].filter((node) => !catalogue.nodes.has(node));
  const diff = { stop: [] as N[], start: [] as N[], keep: [] as N[] };
  for (const node of [...leftovers, ...catalogue.nodes.keys()]) {
    const seen = observed.get(node);
    const wanted = target.has(node);
    const stops = isRunning(seen) && (!wanted || doomed.has(node) || isEnding(seen));
    if (stops) diff.stop.push(node);
    if (wanted) diff[stops || !isRunning(seen) || seen?.state === "backoff" ? "start" : "keep"].push(node);
  }
  return diff;
}

/** On its way out, or refusing to go: it has to be gone before it can be wanted again. */
function isEnding(node: ObservedNode | undefined): boolean {
  return node?.state === "stopping" || node?.state === "stuck";
}
