/**
 * The rules of the mode machine: its guards and actions by name, as pure functions of context and event.
 *
 * It joins events to the deciding functions: admission.ts on arrival, settlement.ts at a plan's end, moves.ts for what
 * happens then. Holds I7 (every request answered by exactly one `result`), I8, I9, I14.
 */
import { findMode, type Catalogue } from "../modes/catalogue.ts";
import { healthOf } from "../modes/health.ts";
import type { ModeRequest } from "../modes/request.ts";
import { admit } from "./admission.ts";
import { withObserved, type ModeContext } from "./context.ts";
import type { ModeMachineEvent, ModeRequestEvent } from "./events.ts";
import * as moves from "./moves.ts";
import { settle } from "./settlement.ts";

/** What this event makes of this context. `mode`: of the state being entered. */
type Decision = (context: ModeContext, event: ModeMachineEvent) => moves.Move;

type DecisionName =
  | "answer"
  | "join"
  | "wait"
  | "begin"
  | "beginBoot"
  | "beginNext"
  | "expire"
  | "observe"
  | "fallBackNow"
  | "book"
  | "endPlan"
  | "shutDown"
  | "tellStopped";

/** Where the pure decisions meet the events: one entry per action of the chart. */
export function decisions(catalogue: Catalogue): Readonly<Record<DecisionName, Decision>> {
  const onRequest =
    (move: (context: ModeContext, request: ModeRequest) => moves.Move): Decision =>
    (context, event) =>
      event.type === "mode.request" ? move(context, requestOf(event)) : {};
  return {
    answer: onRequest((context, request) => {
      const admission = admit(catalogue, context, request);
      return admission.kind === "answer" ? moves.answer(context, request, admission.verdict) : {};
    }),
    join: onRequest((context, request) => moves.join(catalogue, context, request)),
    wait: onRequest((context, request) => moves.wait(catalogue, context, request)),
    begin: onRequest((context, request) => moves.begin(catalogue, context, request)),
    beginBoot: (context, event) =>
      event.type === "boot" ? moves.boot(context, event.mode, event.epoch) : {},
    beginNext: (context, event) => (event.type === "next" ? moves.next(catalogue, context, event.at) : {}),
    expire: (context, event) =>
      event.type === "request.expired" ? moves.expire(context, event.requestId) : {},
    observe: (context, event) =>
      event.type === "node.observed"
        ? { assign: { observed: withObserved(context.observed, event.node, event.observed) } }
        : {},
    fallBackNow: (context) => moves.fallBackNow(catalogue, context),
    book: (context, event) => {
      if (event.type === "node.failed") return moves.blame(context, event.error);
      if (event.type === "node.started") return moves.book(context, "started", event.node);
      return event.type === "node.stopped" ? moves.book(context, "stopped", event.node) : {};
    },
    endPlan: (context, event) => (event.type === "plan.done" ? moves.end(catalogue, context, event.at) : {}),
    shutDown: (context) => moves.shutdown(catalogue, context),
    tellStopped: (context) => ({ emit: [{ type: "stopped", errors: context.transition?.errors ?? [] }] }),
  };
}

/** The conditions of the chart's transitions, by name. */
export function conditions(catalogue: Catalogue) {
  type Scope = { readonly context: ModeContext; readonly event: ModeMachineEvent };
  const admissionOf = ({ context, event }: Scope) =>
    event.type === "mode.request" ? admit(catalogue, context, requestOf(event)).kind : null;
  const settlementOf = ({ context }: Scope) =>
    context.transition === null ? null : settle(catalogue, context, context.transition).kind;
  const isDegraded = ({ context }: Scope): boolean =>
    healthOf(catalogue, context.current, new Map(context.observed)).status === "degraded";
  return {
    isAnsweredAtOnce: (scope: Scope) => admissionOf(scope) === "answer",
    joins: (scope: Scope) => admissionOf(scope) === "join",
    mustWait: (scope: Scope) => admissionOf(scope) === "wait",
    isStale: ({ context, event }: Scope) => "plan" in event && event.plan !== context.plan?.number,
    isRollback: ({ context }: Scope) => context.transition?.cause === "rollback",
    isFallback: ({ context }: Scope) => context.transition?.cause === "fallback",
    isShuttingDown: ({ context }: Scope) => context.shuttingDown,
    mustRollBack: (scope: Scope) => settlementOf(scope) === "rollback",
    mustFallBack: (scope: Scope) => settlementOf(scope) === "fallback",
    mustFallBackNow: ({ context, event }: Scope) => fallsBackNow(catalogue, context, event),
    isDegraded,
    isHealthy: (scope: Scope) => !isDegraded(scope),
  };
}

/** Only the request's own fields, so that nothing else of an event ends up in the context. */
function requestOf(event: ModeRequestEvent): ModeRequest {
  const { type: _, ...request } = event;
  return request;
}

/** A node of the settled mode is down for good, and the mode says: fall back (I20). */
function fallsBackNow(catalogue: Catalogue, context: ModeContext, event: ModeMachineEvent): boolean {
  if (event.type !== "node.observed" || event.observed.gaveUp !== true) return false;
  if (context.transition !== null || context.shuttingDown || context.current === null) return false;
  const mode = findMode(catalogue, context.current);
  return (
    mode?.onFailure === "fallback" &&
    mode.nodes.includes(event.node) &&
    catalogue.fallbackMode !== null &&
    catalogue.fallbackMode !== mode.name
  );
}
