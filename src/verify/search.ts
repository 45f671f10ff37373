/**
 * Breadth-first search through a model: the shortest way to a bad state, or the certainty that there is none.
 *
 * A search that hits its limit says so; it never says that there is none (see decide.ts).
 */
import type { ProjectedModel } from "./projected-model.ts";
import { packStep } from "./step.ts";

/** Where a search ends at the latest. */
export interface SearchLimits {
  readonly maxStates: number;
  readonly isCancelled: () => boolean;
}

/** What a search found. */
export type SearchResult =
  | { readonly kind: "found"; readonly steps: readonly number[]; readonly states: number }
  | { readonly kind: "none"; readonly states: number }
  | { readonly kind: "limit"; readonly states: number; readonly reason: string };

/** States between two looks at `isCancelled`. */
const lookInterval = 4096;

/** Searches from the model's initial state. */
export function search(
  model: ProjectedModel,
  isBad: (state: number) => boolean,
  limits: SearchLimits,
): SearchResult {
  const states: number[] = [model.initial()];
  const parents: number[] = [-1];
  const steps: number[] = [packStep("boot", model.catalogue.defaultMode)];
  const seen = new Set(states);
  for (let next = 0; next < states.length; next++) {
    const state = states[next] ?? 0;
    if (isBad(state)) return { kind: "found", steps: wayTo(next, parents, steps), states: states.length };
    if (states.length > limits.maxStates) {
      return { kind: "limit", states: states.length, reason: `it has more than ${limits.maxStates} states` };
    }
    if (next % lookInterval === lookInterval - 1 && limits.isCancelled()) {
      return { kind: "limit", states: states.length, reason: "it was cancelled" };
    }
    model.newSuccessors(state, (successor, step) => {
      if (seen.has(successor)) return;
      seen.add(successor);
      states.push(successor);
      parents.push(next);
      steps.push(step);
    });
  }
  return { kind: "none", states: states.length };
}

function wayTo(end: number, parents: readonly number[], steps: readonly number[]): readonly number[] {
  const way: number[] = [];
  for (let at = end; at >= 0; at = parents[at] ?? -1) way.push(steps[at] ?? 0);
  return way.toReversed();
}
