/**
 * Why a supervisor could not start or stop a node, on its way from the supervisor to the executor.
 *
 * It never leaves the manager: the executor turns it into a NodeError in the result.
 */
import type { NodeExit } from "../modes/observation.ts";

/** Codes of the built-in supervisors. A spawn error keeps the system's own code (`ENOENT`, `EACCES`, `EAGAIN`). */
export type NodeFaultCode =
  | "SUPERSEDED"
  | "ABORTED"
  | "FENCED"
  | "NODE_EXITED"
  | "NODE_READY_TIMEOUT"
  | "NODE_STUCK"
  | "NODE_UNKNOWN"
  | "CONFLICT_RUNNING"
  | "STOP_FAILED"
  | "START_FAILED";

/** A start or stop that did not work out. */
export class NodeFault extends Error {
  override readonly name = "NodeFault";
  readonly code: string;
  readonly exit?: NodeExit;

  constructor(
    code: NodeFaultCode | (string & {}),
    message: string,
    options: { exit?: NodeExit; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    if (options.exit !== undefined) this.exit = options.exit;
  }
}
