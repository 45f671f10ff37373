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

/** Makes environments; the manager's own is read once. */
export function nodeEnvironments(
  identity: RunIdentity,
  inherited: NodeJS.ProcessEnv,
): (spec: NodeSpec, generation: number) => NodeJS.ProcessEnv {
  const base = Object.entries(inherited).filter(([name]) => !name.startsWith("MODESHIFT_REDIS_"));
  return (spec, generation) => {
    const who: [string, string][] = [
      ["MODESHIFT_RUN", runMarker(identity)],
      ["MODESHIFT_NODE", spec.name],
      ["MODESHIFT_NAMESPACE", identity.namespace],
      ["MODESHIFT_GENERATION", String(generation)],
    ];
    // fromEntries defines properties, so that a variable named __proto__ is one; the last entry of a name wins.
    return Object.fromEntries<string | undefined>([...base, ...Object.entries(spec.env), ...who]);
  };
}
