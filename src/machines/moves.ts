/**
 * The moves between transitions, as data: what the context becomes, what is told, which event follows.
 *
 * Pure functions of catalogue, context and event; mode-machine.ts performs them. Holds I7 (whoever leaves `waiting` or
 * `transition` leaves with a result), and of I8 that the old result is told before the new transition's first event.
 */
import { isUrgentMode, findMode, type Catalogue } from "../modes/catalogue.ts";
import { planShutdown, planTransition } from "../modes/plan.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { NodeError, Verdict } from "../modes/result.ts";
import {
  expired,
  fromRefusal,
  onBusyOf,
  shutDown,
  shuttingDown,
  superseded,
  urgentRefusal,
} from "./admission.ts";
import type { ModeContext, Transition } from "./context.ts";
import type { InternalEvent, MachineEmission, NumberedPlan, TransitionCause } from "./events.ts";
import { duringOf, resultOf, resultWithoutBegin, settle } from "./settlement.ts";
import { stateKey } from "./state-key.ts";

/** What a move does, in this order: assign, emit, raise. */
export interface Move {
  readonly assign?: Partial<ModeContext>;
  readonly emit?: readonly MachineEmission[];
  readonly raise?: InternalEvent;
}

const enter = (mode: string): InternalEvent => ({ type: `mode.enter.${stateKey(mode)}` });

const result = (context: ModeContext, request: ModeRequest, verdict: Verdict): MachineEmission => ({
  type: "result",
  result: resultWithoutBegin(context, request, verdict),
});

/** Answers a request that will not begin. */
export function answer(context: ModeContext, request: ModeRequest, verdict: Verdict): Move {
  return { emit: [result(context, request, verdict)] };
}

function accepted(catalogue: Catalogue, request: ModeRequest, position: number): MachineEmission {
  return { type: "accepted", request, onBusy: onBusyOf(catalogue, request), position };
}

/** Lets a request share the answer of the running transition; a preempting one drops what waits. */
export function join(catalogue: Catalogue, context: ModeContext, request: ModeRequest): Move {
  const { transition } = context;
  if (transition === null) return {};
  const by = { id: request.requestId, mode: request.mode };
  return {
    assign: { transition: { ...transition, joined: [...transition.joined, request] }, waiting: [] },
    emit: [
      accepted(catalogue, request, 0),
      ...context.waiting.map((other) => result(context, other, superseded(by))),
    ],
  };
}

/** Puts a request behind the others. */
export function wait(catalogue: Catalogue, context: ModeContext, request: ModeRequest): Move {
  const waiting = [...context.waiting, request];
  return { assign: { waiting }, emit: [accepted(catalogue, request, waiting.length)] };
}

/** Begins a request now, in place of whatever runs and waits. */
export function begin(catalogue: Catalogue, context: ModeContext, request: ModeRequest): Move {
  const by = { id: request.requestId, mode: request.mode };
  return {
    assign: { transition: newTransition(context, request, "request"), waiting: [] },
    emit: [accepted(catalogue, request, 0), ...supersedeAll(context, superseded(by), superseded(by))],
    raise: enter(request.mode),
  };
}

/** Begins the start-up transition; `from` does not apply (I18). */
export function boot(context: ModeContext, mode: string, epoch: number): Move {
  const request: ModeRequest = { requestId: `boot-${epoch}`, mode };
  return { assign: { transition: newTransition(context, request, "boot"), epoch }, raise: enter(mode) };
}

/** Begins the next waiting request; those that may not be begun from here, or now (I11), are answered. */
export function next(catalogue: Catalogue, context: ModeContext, at: number): Move {
  const refused: MachineEmission[] = [];
  for (const [index, request] of context.waiting.entries()) {
    const mode = findMode(catalogue, request.mode);
    // Its timer may be due and not have run yet.
    const isLate = request.deadline !== undefined && request.deadline <= at;
    const refusal = mode === undefined ? null : fromRefusal(mode, [context.current]);
    const verdict = isLate ? expired(request) : refusal;
    if (verdict !== null) {
      refused.push(result(context, request, verdict));
      continue;
    }
    const transition = newTransition(context, request, "request");
    return {
      assign: { transition, waiting: context.waiting.slice(index + 1) },
      emit: refused,
      raise: enter(request.mode),
    };
  }
  return { assign: { waiting: [] }, emit: refused };
}

/** Answers a waiting request whose deadline has passed; a begun one is never interrupted by it (I11). */
export function expire(context: ModeContext, requestId: string): Move {
  const late = context.waiting.find((request) => request.requestId === requestId);
  if (late === undefined) return {};
  return {
    assign: { waiting: context.waiting.filter((request) => request !== late) },
    emit: [result(context, late, expired(late))],
  };
}

/** Enters the fallback mode because a required node is down for good in steady state (I20). */
export function fallBackNow(catalogue: Catalogue, context: ModeContext): Move {
  const mode = catalogue.fallbackMode;
  if (mode === null) return {};
  const autoRequests = context.autoRequests + 1;
  const request: ModeRequest = { requestId: `auto-${context.epoch}-${autoRequests}`, mode, by: "modeshift" };
  return {
    assign: { transition: newTransition(context, request, "auto"), autoRequests },
    raise: enter(mode),
  };
}

/** Makes the plan into the mode that is being entered (I2). */
export function computePlan(catalogue: Catalogue, context: ModeContext, modeName: string): Move {
  const mode = findMode(catalogue, modeName);
  const { transition } = context;
  if (mode === undefined || transition === null) return {};
  const plan: NumberedPlan = {
    ...planTransition(catalogue, mode, new Map(context.observed), modeName !== context.current),
    number: (context.plan?.number ?? 0) + 1,
    urgent: mode.urgent,
    timeoutMs: catalogue.transitionTimeoutMs,
  };
  return { assign: { plan }, emit: [began(transition, plan)] };
}

function began(transition: Transition, plan: NumberedPlan): MachineEmission {
  const { request, cause, from, to, attempt } = transition;
  return { type: "transition", requestId: request.requestId, cause, from, to, plan, attempt };
}

/** At a plan's end: another leg, or the answers and the next request. */
export function end(catalogue: Catalogue, context: ModeContext, at: number): Move {
  const { transition } = context;
  if (transition === null) return {};
  const settlement = settle(catalogue, context, transition);
  const { errors } = settlement;
  if (settlement.kind !== "answer") {
    const leg = { cause: settlement.kind, to: settlement.to, errors, earlierErrors: errors.length };
    return undo(catalogue, context, { ...transition, ...leg });
  }
  const { to } = transition;
  const urgent = isUrgentMode(catalogue, to);
  return {
    assign: { transition: null, current: to, ...(urgent ? { urgentSettledAt: at } : {}) },
    emit: [transition.request, ...transition.joined].map((request) => ({
      type: "result",
      result: resultOf(transition, request, to, settlement.verdict, errors),
    })),
    raise: { type: "next", at },
  };
}

/** Begins a rollback or fallback; into an urgent mode nothing waits beside it (I9). */
function undo(catalogue: Catalogue, context: ModeContext, transition: Transition): Move {
  const during = { ...context, transition };
  const judged = context.waiting.map((request) => ({
    request,
    verdict: urgentRefusal(catalogue, during, request),
  }));
  return {
    assign: {
      transition,
      waiting: judged.filter(({ verdict }) => verdict === null).map(({ request }) => request),
    },
    emit: judged.flatMap(({ request, verdict }) =>
      verdict === null ? [] : [result(context, request, verdict)],
    ),
    raise: enter(transition.to ?? ""),
  };
}

/** Answers everything and plans the stop of every node (I18). */
export function shutdown(catalogue: Catalogue, context: ModeContext): Move {
  const request: ModeRequest = { requestId: `shutdown-${context.epoch}`, mode: "" };
  const transition: Transition = { ...newTransition(context, request, "shutdown"), to: null };
  const plan: NumberedPlan = {
    ...planShutdown(catalogue, context.current ?? catalogue.defaultMode, new Map(context.observed)),
    number: (context.plan?.number ?? 0) + 1,
    urgent: false,
    timeoutMs: catalogue.transitionTimeoutMs,
  };
  return {
    assign: { transition, plan, waiting: [], shuttingDown: true },
    emit: [...supersedeAll(context, shutDown, shuttingDown), began(transition, plan)],
  };
}

/** The results of everything under way: `running` for the begun requests, `waiting` for the rest. */
function supersedeAll(context: ModeContext, running: Verdict, waiting: Verdict): MachineEmission[] {
  const { transition } = context;
  const begun = transition === null ? [] : [transition.request, ...transition.joined];
  return [
    ...begun.map((request): MachineEmission => ({
      type: "result",
      result: resultOf(transition as Transition, request, context.current, running),
    })),
    ...context.waiting.map((request) => result(context, request, waiting)),
  ];
}

function newTransition(context: ModeContext, request: ModeRequest, cause: TransitionCause): Transition {
  return {
    cause,
    request,
    joined: [],
    from: context.current,
    to: request.mode,
    attempt: (request.attempts ?? 0) + 1,
    started: [],
    stopped: [],
    errors: [],
    earlierErrors: 0,
  };
}

/** Books a step's success on the running transition. */
export function book(context: ModeContext, list: "started" | "stopped", node: string): Move {
  const { transition } = context;
  return transition === null
    ? {}
    : { assign: { transition: { ...transition, [list]: [...transition[list], node] } } };
}

/** Books a step's failure: one error per node, phase and leg, the first one. */
export function blame(context: ModeContext, error: NodeError): Move {
  const { transition } = context;
  if (transition === null) return {};
  const leg = transition.errors.slice(transition.earlierErrors);
  if (leg.some((other) => other.node === error.node && other.phase === error.phase)) return {};
  const errors = [...transition.errors, { ...error, ...duringOf(transition) }];
  return { assign: { transition: { ...transition, errors } } };
}
