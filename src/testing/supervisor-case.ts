/**
 * What a sentence of the supervisor contract is made of: nodes, and how it is played with them.
 */
import { bareNode } from "../modes/bare-node.ts";
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
  const spec = bareNode(name, {
    startTimeoutMs: 15_000,
    stopTimeoutMs: 15_000,
    killTimeoutMs: 15_000,
    restart: { policy: "never", max: 3, windowMs: 60_000, backoffMs: 50, maxBackoffMs: 200 },
    ...changes,
  });
  return { behaviour, spec };
}
