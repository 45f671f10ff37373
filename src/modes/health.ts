/**
 * Health: whether what runs is what the settled mode asks for, observed at this moment (outcome is history).
 *
 * Pure. It returns to ok by itself as soon as the observation does.
 */
import { findMode, type Catalogue } from "./catalogue.ts";
import { isRunning, isUp, type NodeExit, type NodeStatus, type ObservedNode } from "./observation.ts";

/** A node as it is judged: with the times, when they are known. */
type Seen = ObservedNode & Partial<Pick<NodeStatus, "since" | "restartAt">>;

/** recovering: a required node is in backoff or restarting. degraded: nothing is on its way to mend it. */
export type HealthStatus = "ok" | "recovering" | "degraded";

/** Why health is not ok, one entry per node. */
export interface HealthReason {
  readonly node: string;
  readonly code: "NODE_DOWN" | "NODE_GAVE_UP" | "NODE_STUCK" | "NODE_UNWANTED" | "NODE_RECOVERING";
  readonly message: string;
  /** How a node that is down ended, with its last lines, when that is known (I20). */
  readonly exit?: NodeExit;
  /** Nodes that it depends on and that are not up either: look there first. Never empty. */
  readonly blockedBy?: readonly string[];
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
  observed: ReadonlyMap<N, Seen>,
): Health {
  const target = mode === null ? undefined : findMode(catalogue, mode);
  if (target === undefined) return { status: "ok", reasons: [] };
  const wanted = new Set<string>(target.nodes);
  const names = new Set<N>([...target.nodes, ...observed.keys()]);
  const reasons = [...names].flatMap((node) =>
    judge(node, wanted.has(node), observed.get(node)).map((reason) => {
      const blockedBy = wanted.has(node) ? blockers(catalogue, observed, node) : [];
      return blockedBy.length === 0 ? reason : { ...reason, blockedBy };
    }),
  );
  if (reasons.length === 0) return { status: "ok", reasons };
  return {
    status: reasons.every((reason) => reason.code === "NODE_RECOVERING") ? "recovering" : "degraded",
    reasons,
  };
}

function blockers<M extends string, N extends string>(
  { nodes }: Catalogue<M, N>,
  observed: ReadonlyMap<N, Seen>,
  node: N,
): readonly string[] {
  return (nodes.get(node)?.dependsOn ?? []).filter((other) => !isUp(observed.get(other)));
}

/** The reasons that no other one explains: where to look first. */
export function rootReasons({ reasons }: Health): readonly HealthReason[] {
  const roots = reasons.filter((reason) => reason.blockedBy === undefined);
  return roots.length === 0 ? reasons : roots;
}

function judge(node: string, wanted: boolean, seen: Seen | undefined): HealthReason[] {
  if (!wanted) {
    const message = `${node} ${stateText(seen)} although the mode does not list it`;
    return isRunning(seen) ? [{ node, code: "NODE_UNWANTED", message }] : [];
  }
  if (isUp(seen)) return [];
  if (seen?.state === "stuck") return [{ node, code: "NODE_STUCK", message: `${node} survived SIGKILL` }];
  if (!isRunning(seen)) return [downFor(node, seen)];
  const message = seen?.state === "backoff" ? restartText(node, seen) : `${node} ${stateText(seen)}`;
  return [{ node, code: "NODE_RECOVERING", message }];
}

/** The pause before the restart, not what is left of it: news that changes by itself is no news. */
function restartText(node: string, { since, restartAt, exit }: Seen): string {
  const pause =
    since === undefined || restartAt === undefined
      ? ""
      : ` in ${Math.round((restartAt - since) / 100) / 10} s`;
  return `${node} will be restarted${pause}${endText(exit)}`;
}

function downFor(node: string, seen: Seen | undefined): HealthReason {
  const end = endText(seen?.exit);
  const how = seen?.exit === undefined ? {} : { exit: seen.exit };
  if (seen?.gaveUp === true) {
    const message = `${node} has ended${end} and will not be restarted`;
    return { node, code: "NODE_GAVE_UP", message, ...how };
  }
  return { node, code: "NODE_DOWN", message: `${node} is not running${end}`, ...how };
}

function endText(exit: ObservedNode["exit"]): string {
  return exit === undefined ? "" : ` (${exitText(exit)})`;
}

/** What a node is doing, as the end of a sentence: `is starting`, `waits to be restarted`. */
export function stateText(seen: ObservedNode | undefined): string {
  return seen?.state === "backoff" ? "waits to be restarted" : `is ${seen?.state ?? "stopped"}`;
}

/** `exit 1`, `SIGKILL`, or `end unknown`. */
export function exitText(
  exit: { readonly code: number | null; readonly signal: string | null } | undefined,
): string {
  if (exit === undefined) return "end unknown";
  return exit.signal ?? (exit.code === null ? "end unknown" : `exit ${exit.code}`);
}
