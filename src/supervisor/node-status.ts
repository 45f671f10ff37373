/**
 * What a node's machine is in, as the port shows it, and the faults that its callers are told.
 *
 * Pure. managed-node.ts decides which fault goes to whom.
 */
import { nodeStateOf, type NodeSnapshot } from "../machines/node-machine.ts";
import type { NodeSpec, Readiness } from "../modes/catalogue.ts";
import { exitText } from "../modes/health.ts";
import type { NodeExit, NodeStatus } from "../modes/observation.ts";
import { NodeFault } from "./node-fault.ts";

/** When a node entered its state, and when the process of its incarnation was started. Ms since the Unix epoch. */
export interface NodeTimes {
  readonly since: number;
  readonly spawnedAt?: number;
}

/** The status a snapshot stands for. */
export function statusOf(snapshot: NodeSnapshot, { since, spawnedAt }: NodeTimes): NodeStatus {
  const { generation, pid, exit, gaveUp, restarts, backoffMs } = snapshot.context;
  return {
    state: nodeStateOf(snapshot),
    generation,
    since,
    ...(spawnedAt === undefined ? {} : { spawnedAt }),
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
export function lateFault(spec: Pick<NodeSpec, "name" | "startTimeoutMs" | "ready" | "oneshot">): NodeFault {
  const { name, startTimeoutMs, ready, oneshot } = spec;
  return new NodeFault(
    "NODE_READY_TIMEOUT",
    `${name} was not ready within ${startTimeoutMs} ms: ${oneshot ? "it has not ended" : missingSign(ready)}. Look at what it does (modeshift logs ${name}), or raise its start_timeout.`,
  );
}

/** What it was waited for in vain. */
function missingSign(ready: Readiness): string {
  switch (ready.kind) {
    case "log":
      return `no line of its output matches ${JSON.stringify(ready.pattern)}`;
    case "fd":
      return `nothing came on its descriptor ${ready.fd}`;
    case "tcp":
      return `${ready.host}:${ready.port} takes no connection`;
    case "http":
      return `${ready.url} does not answer well`;
    case "probe":
      return `${JSON.stringify(ready.command)} does not succeed`;
    case "exec":
    case "delay":
      return "it was not started in time";
  }
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
