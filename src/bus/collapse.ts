/**
 * Which requests of a batch read at once are already replaced by a later one of the same batch.
 *
 * After an outage a robot must not live through every mode that somebody asked for meanwhile: only what would survive
 * preemption begins (I8, "Stale requests" of the semantics). Answering is the machine's.
 */
import { attemptLimit } from "../machines/admission.ts";
import { isUrgentMode, findMode, type Catalogue } from "../modes/catalogue.ts";
import type { ModeRequest } from "../modes/request.ts";

/** What decides whether a request of the batch would be refused instead of replacing others. */
export interface CollapseContext {
  readonly catalogue: Catalogue;
  /** The manager's clock. */
  readonly now: number;
  /** An urgent transition runs: non-urgent requests will be refused (I9). */
  readonly urgentRunning: boolean;
}

/**
 * The batch with `supersededBy` set on what a later request of it replaces. A request for the same mode as its
 * successor joins it instead (I8). An urgent one begins whatever came after it, unless that is urgent too (I9): the
 * machine refuses what is older than its settling.
 */
export function collapseBatch(
  batch: readonly ModeRequest[],
  context: CollapseContext,
): readonly ModeRequest[] {
  const isUrgent = (mode: string): boolean => isUrgentMode(context.catalogue, mode);
  let next: ModeRequest | undefined;
  const collapsed = batch.toReversed().map((request) => {
    if (next !== undefined && isUrgent(request.mode) && !isUrgent(next.mode)) next = undefined;
    const winner =
      next?.mode === request.mode ? next.supersededBy : next && { id: next.requestId, mode: next.mode };
    const judged =
      request.supersededBy === undefined && winner !== undefined
        ? { ...request, supersededBy: winner }
        : request;
    if (replacesOthers(request, context)) next = judged;
    return judged;
  });
  return collapsed.toReversed();
}

/** Certain to preempt. A mode with `from` is not: it may be refused, which only the machine can tell. */
function replacesOthers(request: ModeRequest, { catalogue, now, urgentRunning }: CollapseContext): boolean {
  const mode = findMode(catalogue, request.mode);
  if (mode === undefined || request.supersededBy !== undefined) return false;
  if ((request.attempts ?? 0) >= attemptLimit) return false;
  if (mode.urgent) return true;
  if (urgentRunning || mode.from !== undefined) return false;
  if (request.deadline !== undefined && request.deadline <= now) return false;
  return (request.onBusy ?? catalogue.onBusy) === "preempt";
}
