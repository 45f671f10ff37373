/**
 * The dry run: what a request for a mode would do now, by the code that would do it (I2).
 */
import { requireMode } from "./change-mode.ts";
import { admit } from "../machines/admission.ts";
import type { ModeContext } from "../machines/context.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import type { ModeDiff } from "../modes/diff.ts";
import { planTransition, wavesOf, type Plan } from "../modes/plan.ts";
import type { Observed } from "../modes/observation.ts";
import type { Reason } from "../modes/result.ts";

/** A plan with its waves, and why it would be refused now, if it would. */
export interface ModePlan<ModeName extends string = string, Node extends string = string> extends Plan<
  ModeName,
  Node
> {
  /** Every node of a wave is stopped at once; a wave comes after the ones before it. */
  readonly stopWaves: readonly (readonly Node[])[];
  readonly startWaves: readonly (readonly Node[])[];
  /** Null: the request would be executed. */
  readonly refusal: Reason | null;
}

/**
 * The plan into a mode from what is observed.
 *
 * @throws ModeshiftError MODE_UNKNOWN
 */
export function modePlan<M extends string, N extends string>(
  catalogue: Catalogue<M, N>,
  context: ModeContext,
  observed: Observed,
  modeName: string,
): ModePlan<M, N> {
  const mode = requireMode(catalogue, modeName);
  const plan = planTransition(catalogue, mode, observed as Observed<N>, modeName !== context.current);
  const admission = admit(catalogue, context, { requestId: "plan", mode: modeName });
  const refusal = admission.kind === "answer" ? (admission.verdict.reason ?? null) : null;
  return { ...plan, stopWaves: wavesOf(plan.stop), startWaves: wavesOf(plan.start), refusal };
}

/** The diff that a plan puts in order. */
export function diffOf<M extends string, N extends string>({
  stop,
  start,
  keep,
}: ModePlan<M, N>): ModeDiff<N> {
  return { stop: stop.map(({ node }) => node), start: start.map(({ node }) => node), keep };
}
