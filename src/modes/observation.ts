/**
 * What a supervisor has seen of the nodes, as plain data: the truth every plan is made from (I1, I10).
 *
 * Who observes, and how, is the supervisor's business.
 */

/**
 * starting: spawned, not ready; ready; stopping: told to end; stuck: survived SIGKILL; backoff: will be restarted;
 * done: a oneshot that has succeeded; stopped: not there (crashed and given up included).
 */
export type NodeState = "starting" | "ready" | "stopping" | "stuck" | "backoff" | "done" | "stopped";

/** How a process ended. `stderr`: its last lines, at most 20, when they are known. */
export interface NodeExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr?: readonly string[];
}

/** One node as last observed. `generation` counts its incarnations from 1; 0: never started. */
export interface ObservedNode {
  readonly state: NodeState;
  readonly generation: number;
  /**
   * It was up, ended unasked, and will not be restarted: restarts exhausted, or a policy that does not restart this
   * end (I20). Only ever true in state stopped; a requested start clears it.
   */
  readonly gaveUp?: boolean;
  readonly exit?: NodeExit;
}

/** One node as the supervisor sees it. Plain JSON. */
export interface NodeStatus extends ObservedNode {
  readonly pid?: number;
  /** When it entered this state, ms since the Unix epoch. */
  readonly since: number;
  /**
   * When the process of this incarnation was started (`supervisorFrom`: when startNode was called), ms since the Unix
   * epoch. Until then a starting node waits to be started, from then on to be ready. Absent: not yet, or found running.
   */
  readonly spawnedAt?: number;
  /** Restarts by policy since the last requested start. */
  readonly restarts: number;
  /** When the pending restart is due, ms since the Unix epoch; only in backoff. */
  readonly restartAt?: number;
}

/** Node name to observation. A node that is absent is stopped. */
export type Observed<Node extends string = string> = ReadonlyMap<Node, ObservedNode>;

/** Everything but stopped counts as running (I2). */
export function isRunning(node: ObservedNode | undefined): boolean {
  return node !== undefined && node.state !== "stopped";
}

/** Ready, or done for a oneshot: what a mode asks of its nodes. */
export function isUp(node: ObservedNode | undefined): boolean {
  return node !== undefined && (node.state === "ready" || node.state === "done");
}

/** Has a process that may hold a device: the states a conflicting start is refused for (I12). */
export function isOccupying(node: ObservedNode | undefined): boolean {
  return (
    node !== undefined &&
    (node.state === "starting" ||
      node.state === "ready" ||
      node.state === "stopping" ||
      node.state === "stuck")
  );
}
