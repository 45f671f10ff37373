/**
 * What a sentence of the supervisor contract is made of: nodes, and how it is played with them.
 */
import type { NodeSpec } from "../modes/catalogue.ts";
import type { ContractBehaviour, ContractNode, SupervisorHarness } from "./supervisor-harness.ts";
import type { SupervisorPlayer } from "./supervisor-player.ts";

/** One sentence of the contract and the nodes it is played with. */
export interface SupervisorCase {
  readonly nodes: readonly ContractNode[];
  /** Plays it. @throws when it is broken */
  readonly play: (player: SupervisorPlayer, harness: SupervisorHarness) => Promise<void>;
}

/** A node of a case. Timeouts are long unless they are what the case is about. */
export function contractNode(
  name: string,
  behaviour: ContractBehaviour,
  changes: Partial<NodeSpec> = {},
): ContractNode {
  const spec: NodeSpec = {
    name,
    env: {},
    dependsOn: [],
    conflicts: [],
    resources: [],
    ready: { kind: "exec" },
    startTimeoutMs: 15_000,
    stopSignal: "SIGTERM",
    stopTimeoutMs: 15_000,
    killTimeoutMs: 15_000,
    restart: { policy: "never", max: 3, windowMs: 60_000, backoffMs: 50, maxBackoffMs: 200 },
    oneshot: false,
    ...changes,
  };
  return { behaviour, spec };
}
