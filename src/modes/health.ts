/**
 * Health: whether what runs is what the settled mode asks for, observed at this moment (outcome is history).
 *
 * Pure. It returns to ok by itself as soon as the observation does.
 */
import { findMode, type Catalogue } from "./catalogue.ts";
import { isRunning, isUp, type Observed, type ObservedNode } from "./observation.ts";

/** recovering: a required node is in backoff or restarting. degraded: nothing is on its way to mend it. */
export type HealthStatus = "ok" | "recovering" | "degraded";

/** Why health is not ok, one entry per node. */
export interface HealthReason {
  readonly node: string;
  readonly code: "NODE_DOWN" | "NODE_GAVE_UP" | "NODE_STUCK" | "NODE_UNWANTED" | "NODE_RECOVERING";
  readonly message: string;
}

/** The health of a settled mode. */
export interface Health {
  readonly status: HealthStatus;
  readonly reasons: readonly HealthReason[];
}

/** Judges what is observed against `mode`; null (nothing settled yet) is always ok. */
export function healthOf<M extends string, N extends string>(
  catalogue: Catalogue<M, N>,
  mode: M | null,
  observed: Observed<N>,
): Health {
  const target = mode === null ? undefined : findMode(catalogue, mode);
  if (target === undefined) return { status: "ok", reasons: [] };
  const wanted = new Set<string>(target.nodes);
  const names = new Set<N>([...target.nodes, ...observed.keys()]);
  const reasons = [...names].flatMap((node) => judge(node, wanted.has(node), observed.get(node)));
  if (reasons.length === 0) return { status: "ok", reasons };
  return {
    status: reasons.every((reason) => reason.code === "NODE_RECOVERING") ? "recovering" : "degraded",
    reasons,
  };
}

function judge(node: string, wanted: boolean, seen: ObservedNode | undefined): HealthReason[] {
  if (!wanted) {
    const message = `${node} is ${seen?.state} although the mode does not list it`;
    return isRunning(seen) ? [{ node, code: "NODE_UNWANTED", message }] : [];
  }
  if (isUp(seen)) return [];
  if (seen?.state === "stuck") return [{ node, code: "NODE_STUCK", message: `${node} survived SIGKILL` }];
  if (isRunning(seen)) {
    const message = `${node} ${seen?.state === "backoff" ? "waits to be restarted" : `is ${seen?.state}`}`;
    return [{ node, code: "NODE_RECOVERING", message }];
  }
  return [downFor(node, seen)];
}

function downFor(node: string, seen: ObservedNode | undefined): HealthReason {
  const end = seen?.exit === undefined ? "" : ` (${exitText(seen.exit)})`;
  if (seen?.gaveUp === true) {
    return { node, code: "NODE_GAVE_UP", message: `${node} has ended${end} and will not be restarted` };
  }
  return { node, code: "NODE_DOWN", message: `${node} is not running${end}` };
}

/** `exit 1`, `SIGKILL`, or `end unknown`. */
export function exitText(
  exit: { readonly code: number | null; readonly signal: string | null } | undefined,
): string {
  if (exit === undefined) return "end unknown";
  return exit.signal ?? (exit.code === null ? "end unknown" : `exit ${exit.code}`);
}
