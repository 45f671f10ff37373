/**
 * The plan: a diff ordered into steps by dependency (I2, I5). What a transition executes and `modeshift plan` prints.
 *
 * Pure. When a step may begin is data here (`after`); that the steps are carried out so is the executor's.
 */
import type { Catalogue, Mode } from "./catalogue.ts";
import { calculateModeDiff, type ModeDiff } from "./diff.ts";
import { isUp, type Observed } from "./observation.ts";

/** One stop or start. It may begin when every node in `after` has ended its own step of the same phase. */
export interface Step<Node extends string = string> {
  readonly node: Node;
  readonly after: readonly Node[];
}

/** A diff made executable. All stops end before the first start begins (I3). Plain JSON. */
export interface Plan<ModeName extends string = string, Node extends string = string> {
  readonly mode: ModeName;
  readonly stop: readonly Step<Node>[];
  readonly start: readonly Step<Node>[];
  readonly keep: readonly Node[];
  /** Kept nodes that are not ready yet: waited for before the transition settles. */
  readonly awaited: readonly Node[];
}

/** The plan into `mode` from what is observed. */
export function planTransition<M extends string, N extends string>(
  catalogue: Catalogue<M, N>,
  mode: Mode<M, N>,
  observed: Observed<N>,
  entering: boolean,
): Plan<M, N> {
  const diff = calculateModeDiff(catalogue, mode, observed, entering);
  const awaited = diff.keep.filter((node) => !isUp(observed.get(node)));
  return { mode: mode.name, ...orderSteps(catalogue, diff, awaited), keep: diff.keep, awaited };
}

/** The plan that stops every running node: shutdown (I18). */
export function planShutdown<M extends string, N extends string>(
  catalogue: Catalogue<M, N>,
  mode: M,
  observed: Observed<N>,
): Plan<M, N> {
  const nothing: Mode<M, N> = {
    name: mode,
    nodes: [],
    stopNodes: [],
    restartNodes: [],
    urgent: true,
    onFailure: "continue",
  };
  return planTransition(catalogue, nothing, observed, true);
}

function orderSteps<M extends string, N extends string>(
  catalogue: Catalogue<M, N>,
  diff: ModeDiff<N>,
  awaited: readonly N[],
): Pick<Plan<M, N>, "stop" | "start"> {
  const dependencies = (node: N): readonly N[] => catalogue.nodes.get(node)?.dependsOn ?? [];
  const dependents = new Map<N, N[]>(diff.stop.map((node) => [node, []]));
  for (const node of diff.stop) {
    for (const dependency of dependencies(node)) dependents.get(dependency)?.push(node);
  }
  const comesUp = new Set([...diff.start, ...awaited]);
  return {
    stop: diff.stop.map((node) => ({ node, after: dependents.get(node) ?? [] })),
    start: diff.start.map((node) => ({
      node,
      after: dependencies(node).filter((other) => comesUp.has(other)),
    })),
  };
}

/**
 * The steps of one phase as waves: every step of a wave may run at once, a wave needs the ones before it.
 * Nodes in `after` that are no step of the phase (awaited ones) do not delay a wave.
 */
export function wavesOf<N extends string>(steps: readonly Step<N>[]): readonly (readonly N[])[] {
  const depths = depthsOf(steps);
  const waves: N[][] = [];
  for (const { node } of steps) (waves[depths.get(node) ?? 0] ??= []).push(node);
  return waves;
}

/** How many steps stand before each, along the longest way. Without recursion: a chain may be ten thousand long. */
function depthsOf<N extends string>(steps: readonly Step<N>[]): ReadonlyMap<N, number> {
  const followers = new Map<N, N[]>(steps.map((step) => [step.node, []]));
  const waiting = new Map<N, number>();
  for (const { node, after } of steps) {
    const before = after.filter((other) => followers.has(other));
    for (const other of before) followers.get(other)?.push(node);
    waiting.set(node, before.length);
  }
  const depths = new Map<N, number>();
  const free = [...waiting.keys()].filter((node) => waiting.get(node) === 0);
  for (const node of free) {
    const depth = depths.get(node) ?? 0;
    for (const follower of followers.get(node) ?? []) {
      const left = (waiting.get(follower) ?? 0) - 1;
      waiting.set(follower, left);
      // Its last predecessor to be reached is a deepest one: they are reached in order of depth.
      if (left === 0) {
        depths.set(follower, depth + 1);
        free.push(follower);
      }
    }
  }
  return depths;
}
