/**
 * The stop/start/keep diff between a mode and what really runs: the rule of I2, and nothing else.
 *
 * Pure and deterministic; plan.ts orders the diff into steps. `modeshift plan` and the execution use this code.
 */
import type { Catalogue, Mode } from "./catalogue.ts";
import { isRunning, type Observed } from "./observation.ts";

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
  const target = new Set(mode.nodes);
  const stopNodes = new Set(mode.stopNodes);
  const restartNodes = new Set(entering ? mode.restartNodes : []);
  const leftovers = [...observed.keys()].filter((node) => !catalogue.nodes.has(node));
  const diff = { stop: [] as N[], start: [] as N[], keep: [] as N[] };
  for (const node of [...leftovers, ...catalogue.nodes.keys()]) {
    const state = observed.get(node)?.state ?? "stopped";
    const wanted = target.has(node);
    const stops =
      isRunning(observed.get(node)) &&
      (!wanted || stopNodes.has(node) || restartNodes.has(node) || state === "stopping" || state === "stuck");
    const starts = wanted && (stops || state === "stopped" || state === "backoff");
    if (stops) diff.stop.push(node);
    if (starts) diff.start.push(node);
    if (wanted && !stops && !starts) diff.keep.push(node);
  }
  return diff;
}
