/**
 * The mode machine's vocabulary: what it is told, what it emits, and what passes between it and its executor.
 *
 * All plain JSON; mode-machine.ts says what is done with it. User text is never an event type (notes: XState
 * remembers every type it has seen).
 */
import type { OnBusy } from "../modes/catalogue.ts";
import type { ObservedNode } from "../modes/observation.ts";
import type { Plan } from "../modes/plan.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { NodeError, UntimedResult } from "../modes/result.ts";

/** What made a transition begin. */
export type TransitionCause = "request" | "boot" | "rollback" | "fallback" | "auto" | "shutdown";

/** A plan as the executor gets it: `number` stamps every event it causes. */
export interface NumberedPlan extends Plan {
  readonly number: number;
  /** Failed stops are repeated with SIGKILL until the node is gone (I9). */
  readonly urgent: boolean;
  readonly timeoutMs: number;
}

/** Machine to executor: replaces the running plan, keeps the operations in flight (I8). */
export interface ExecutorCommand {
  readonly type: "EXECUTE";
  readonly plan: NumberedPlan;
}

/** Executor to machine, stamped with the plan's number: stale ones are ignored. */
export type ExecutorEvent =
  | { readonly type: "phase.starting"; readonly plan: number }
  | { readonly type: "node.started"; readonly plan: number; readonly node: string }
  | { readonly type: "node.stopped"; readonly plan: number; readonly node: string }
  | { readonly type: "node.failed"; readonly plan: number; readonly error: NodeError }
  /** Everything has ended. `at`: on the manager's clock. */
  | { readonly type: "plan.done"; readonly plan: number; readonly at: number };

/** The public event: a request to change the mode. */
export interface ModeRequestEvent extends ModeRequest {
  readonly type: "mode.request";
}

/** Manager to machine. */
export type ManagerToMachineEvent =
  | ModeRequestEvent
  /** Enters a mode at start-up, whatever `from` says (I18). */
  | { readonly type: "boot"; readonly mode: string; readonly epoch: number }
  /** A waiting request's deadline has passed (I11). */
  | { readonly type: "request.expired"; readonly requestId: string }
  | { readonly type: "node.observed"; readonly node: string; readonly observed: ObservedNode }
  | { readonly type: "shutdown" };

/** An event that the machine raises for itself; the mode's state key stands in for its name. */
export type InternalEvent =
  | { readonly type: `mode.enter.${string}` }
  /** A transition has ended. `at`: on the manager's clock. */
  | { readonly type: "next"; readonly at: number };

/** Everything the machine can be sent. */
export type ModeMachineEvent = ManagerToMachineEvent | ExecutorEvent | InternalEvent;

/** What the machine tells its manager, by `emit`. */
export type MachineEmission =
  | {
      readonly type: "accepted";
      readonly request: ModeRequest;
      readonly onBusy: OnBusy;
      readonly position: number;
    }
  | {
      readonly type: "transition";
      readonly requestId: string;
      readonly cause: TransitionCause;
      readonly from: string | null;
      /** Null: shutdown. */
      readonly to: string | null;
      readonly plan: NumberedPlan;
      readonly attempt: number;
    }
  | { readonly type: "result"; readonly result: UntimedResult }
  /** The shutdown's plan has ended; errors: the nodes that could not be stopped. */
  | { readonly type: "stopped"; readonly errors: readonly NodeError[] };
