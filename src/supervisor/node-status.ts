/**
 * What a node's machine is in, as the port shows it, and the faults that its callers are told.
 *
 * Pure. managed-node.ts decides which fault goes to whom.
 */
import { nodeStateOf, type NodeSnapshot } from "../machines/node-machine.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { exitText } from "../modes/health.ts";
import type { NodeExit, NodeStatus } from "../modes/observation.ts";
import { NodeFault } from "./node-fault.ts";

/** The status a snapshot stands for. `since`: when it entered the state, ms since the Unix epoch. */
export function statusOf(snapshot: NodeSnapshot, since: number): NodeStatus {
  const { generation, pid, exit, gaveUp, restarts, backoffMs } = snapshot.context;
  return {
    state: nodeStateOf(snapshot),
    generation,
    since,
    restarts,
    ...(pid === undefined ? {} : { pid }),
    ...(exit === undefined ? {} : { exit }),
    ...(gaveUp ? { gaveUp } : {}),
    ...(snapshot.value === "backoff" ? { restartAt: since + backoffMs } : {}),
  };
}

/** A stop came while it was starting. */
export function supersededFault(node: string): NodeFault {
  return new NodeFault("SUPERSEDED", `The start of ${node} was superseded by a stop.`);
}

/** It was not ready within its start_timeout. */
export function lateFault({ name, startTimeoutMs }: Pick<NodeSpec, "name" | "startTimeoutMs">): NodeFault {
  return new NodeFault("NODE_READY_TIMEOUT", `${name} was not ready within ${startTimeoutMs} ms.`);
}

/** It ended before it was ready. */
export function exitedFault(node: string, exit: NodeExit): NodeFault {
  return new NodeFault("NODE_EXITED", `${node} ended by itself (${exitText(exit)}) before it was ready.`, {
    exit,
  });
}

/** It was found stuck, so that nobody has said how. */
export function stuckFault(node: string): NodeFault {
  return new NodeFault("NODE_STUCK", `${node} survived SIGKILL: stop it again, or look at its pid.`);
}

/** It is in no catalogue. */
export function unknownNodeFault(node: string): NodeFault {
  return new NodeFault("NODE_UNKNOWN", `No node ${node} in the catalogue.`);
}

/** A conflicting node has a process (I12). */
export function conflictFault(node: string, rival: string): NodeFault {
  return new NodeFault(
    "CONFLICT_RUNNING",
    `${node} was not started: it conflicts with ${rival}, which still runs.`,
  );
}
