/**
 * One operation on a node, asked of a supervisor of which nothing is believed: it may be the user's own, throw where it
 * should reject, or never answer (I13). Holds of I11 that the wait for a stop ends.
 */
import type { Clock } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import { NodeFault } from "./node-fault.ts";
import type { StepKind } from "./plan-run.ts";
import type { Supervisor } from "./supervisor.ts";

/** A supervisor keeps stop_timeout and kill_timeout itself; this much later it is not believed in any more. */
const stopMarginMs = 1_000;

/** What operations work with. */
export interface OperationContext {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly nodes: ReadonlyMap<string, NodeSpec>;
}

/** An operation in flight. `force`: SIGKILL at once; of stops only. */
export interface Operation {
  readonly node: string;
  readonly kind: StepKind;
  readonly force: boolean;
}

/** Asks for it and calls `onEnd` once, in a later turn: with null, or with what went wrong. */
export function carryOut(
  { supervisor, clock, nodes }: OperationContext,
  { node, kind, force }: Operation,
  onEnd: (fault: unknown) => void,
): void {
  const { stopTimeoutMs = 0, killTimeoutMs = 0 } = nodes.get(node) ?? {};
  const limitMs = stopTimeoutMs + killTimeoutMs + stopMarginMs;
  let isOver = false;
  const end = (fault: unknown): void => {
    if (isOver) return;
    isOver = true;
    clock.clearTimeout(timer);
    onEnd(fault);
  };
  // The time of a start is the transition's: at its end it is stopped.
  const timer =
    kind === "start" ? undefined : clock.setTimeout(() => end(silentFault(node, limitMs)), limitMs);
  attempted(() => (kind === "start" ? supervisor.start(node) : supervisor.stop(node, { force }))).then(
    () => end(null),
    (error: unknown) => end(error ?? new Error("no reason given")),
  );
}

function attempted(ask: () => Promise<void>): Promise<void> {
  try {
    return Promise.resolve(ask());
  } catch (error) {
    return Promise.reject(error);
  }
}

function silentFault(node: string, limitMs: number): NodeFault {
  return new NodeFault(
    "NODE_STUCK",
    `The supervisor has not said of ${node} that it is gone for ${limitMs} ms.`,
  );
}
