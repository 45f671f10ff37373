/**
 * The environment a node gets: the manager's without MODESHIFT_REDIS_*, then its own, then who it is.
 *
 * The marker (MODESHIFT_RUN) is how a process is known as ours whatever it forks; it names the state directory and
 * the manager's epoch. Values never leave this file but into the node.
 */
import type { NodeSpec } from "../modes/catalogue.ts";

/** What every node of one manager shares. */
export interface RunIdentity {
  readonly stateId: string;
  readonly namespace: string;
  readonly epoch: number;
}

/** The marker's value. */
export function runMarker({ stateId, epoch }: Pick<RunIdentity, "stateId" | "epoch">): string {
  return `${stateId}:${epoch}`;
}

/** What every node inherits of the manager's environment. */
export function inheritedEnvironment(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]): [string, string][] =>
    value === undefined || name.startsWith("MODESHIFT_REDIS_") ? [] : [[name, value]],
  );
  return Object.fromEntries(entries);
}

/** What one incarnation gets over that. */
export function ownEnvironment(
  spec: NodeSpec,
  generation: number,
  identity: RunIdentity,
): Readonly<Record<string, string>> {
  // fromEntries defines properties, so that a variable named __proto__ is one; the last entry of a name wins.
  return Object.fromEntries([
    ...Object.entries(spec.env),
    ["MODESHIFT_RUN", runMarker(identity)],
    ["MODESHIFT_NODE", spec.name],
    ["MODESHIFT_NAMESPACE", identity.namespace],
    ["MODESHIFT_GENERATION", String(generation)],
  ]);
}
