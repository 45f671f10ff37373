/**
 * Admission: what becomes of a request the moment it arrives. Pure; the machine's guards and actions ask it.
 *
 * Holds the refusals of I14, the preemption and joining rules of I8, and the privileges of urgent modes (I9). What a
 * plan's end leads to is settlement.ts's.
 */
import { findMode, modeNotFound, type Catalogue, type Mode, type OnBusy } from "../modes/catalogue.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { Reason, Verdict } from "../modes/result.ts";
import type { ModeContext } from "./context.ts";

/** Requests that may wait before a non-urgent one is refused QUEUE_FULL. */
export const queueLimit = 64;

/** Begins after which a request is given up (I7). */
export const attemptLimit = 3;

/** What to do with a request. `answer`: its terminal verdict, without ever beginning. */
export type Admission =
  | { readonly kind: "answer"; readonly verdict: Verdict }
  | { readonly kind: "join" }
  | { readonly kind: "wait" }
  | { readonly kind: "begin" };

/** The policy that holds for a request. */
export function onBusyOf(catalogue: Catalogue, request: ModeRequest): OnBusy {
  return request.onBusy ?? catalogue.onBusy;
}

/** Decides on a request that has just been read. */
export function admit(catalogue: Catalogue, context: ModeContext, request: ModeRequest): Admission {
  const mode = findMode(catalogue, request.mode);
  const verdict =
    mode === undefined
      ? unknownMode(catalogue, context, request)
      : refusal(catalogue, context, request, mode);
  if (verdict !== null) return { kind: "answer", verdict };
  if (context.transition === null) return { kind: "begin" };
  const policy = mode?.urgent === true ? "preempt" : onBusyOf(catalogue, request);
  if (isBeingEntered(context, request.mode) && (policy === "preempt" || context.waiting.length === 0)) {
    return { kind: "join" };
  }
  return { kind: policy === "queue" ? "wait" : "begin" };
}

/** The verdict on a request that may not begin; null when it may. Asked on arrival and again for waiting requests. */
function refusal(
  catalogue: Catalogue,
  context: ModeContext,
  request: ModeRequest,
  mode: Mode,
): Verdict | null {
  if (request.supersededBy !== undefined) return superseded(request.supersededBy);
  if (context.shuttingDown) return shuttingDown;
  const { attempts = 0 } = request;
  if (request.expired === true && !mode.urgent) return expired(request);
  if (attempts >= attemptLimit) return gaveUp(request);
  return mode.urgent
    ? null
    : (urgentRefusal(catalogue, context, request) ?? busyRefusal(catalogue, context, request, mode));
}

/** Nothing that is not urgent gets in while an urgent mode is entered, nor if it is older than its settling (I9). */
export function urgentRefusal(
  catalogue: Catalogue,
  context: ModeContext,
  request: ModeRequest,
): Verdict | null {
  const running = urgentTarget(catalogue, context);
  if (running !== undefined) {
    const message = `Mode '${running}' is urgent and being entered: ask again when it has settled.`;
    return rejected("URGENT_RUNNING", message);
  }
  const { urgentSettledAt } = context;
  if (urgentSettledAt === null || (request.enqueuedAt ?? Infinity) >= urgentSettledAt) return null;
  const message =
    "The request is older than the last settling of an urgent mode: ask again if it is still meant.";
  return rejected("URGENT_RUNNING", message);
}

function busyRefusal(
  catalogue: Catalogue,
  context: ModeContext,
  request: ModeRequest,
  mode: Mode,
): Verdict | null {
  if (context.transition === null) return fromRefusal(mode, [context.current]);
  const policy = onBusyOf(catalogue, request);
  if (isBeingEntered(context, request.mode) && (policy === "preempt" || context.waiting.length === 0)) {
    return null;
  }
  if (policy === "reject") {
    return rejected(
      "BUSY",
      `A transition to mode '${context.transition.to}' is running and the request said on_busy: reject.`,
    );
  }
  if (policy === "preempt") return fromRefusal(mode, [context.current, context.transition.to]);
  return context.waiting.length < queueLimit
    ? null
    : rejected(
        "QUEUE_FULL",
        `${queueLimit} requests are waiting already: wait for them, or ask with on_busy: preempt.`,
      );
}

/**
 * Why a mode may not be entered from where the robot is; null when it may. Boot, rollback and fallback do not ask.
 *
 * @param places - the current mode, which may always be asked for again, and where a running transition goes
 */
export function fromRefusal(mode: Mode, places: readonly (string | null)[]): Verdict | null {
  const { from } = mode;
  if (from === undefined || places[0] === mode.name) return null;
  const wrong = places.find((place) => place !== mode.name && (place === null || !from.includes(place)));
  if (wrong === undefined) return null;
  const where =
    wrong === null ? "No mode has settled yet" : `The robot is in or on its way to mode '${wrong}'`;
  return rejected(
    "FROM_REFUSED",
    `Mode '${mode.name}' may be entered only from: ${from.join(", ")}. ${where}.`,
  );
}

/** The request's own transition goes there: not a rollback or fallback that happens to (I8). */
function isBeingEntered(context: ModeContext, mode: string): boolean {
  const { transition } = context;
  return transition?.to === mode && transition.cause !== "rollback" && transition.cause !== "fallback";
}

function urgentTarget(catalogue: Catalogue, context: ModeContext): string | undefined {
  const mode = findMode(catalogue, context.transition?.to ?? "");
  return mode?.urgent === true ? mode.name : undefined;
}

function unknownMode(catalogue: Catalogue, context: ModeContext, request: ModeRequest): Verdict {
  if (context.shuttingDown) return shuttingDown;
  return rejected("MODE_UNKNOWN", modeNotFound(catalogue, request.mode));
}

function rejected(code: Reason["code"], message: string): Verdict {
  return { outcome: "rejected", ok: false, reason: { code, message } };
}

function gaveUp(request: ModeRequest): Verdict {
  const message = `Begun ${request.attempts} times by managers that died: given up. Look for what the mode does to the manager.`;
  return { outcome: "failed", ok: false, reason: { code: "GAVE_UP", message } };
}

/** The verdict on a request whose deadline has passed: before it began, or after a manager died that had begun it (I18). */
export function expired({ attempts = 0 }: ModeRequest): Verdict {
  if (attempts === 0) {
    const message = "The request's deadline passed before it could begin.";
    return { outcome: "expired", ok: false, reason: { code: "DEADLINE_PASSED", message } };
  }
  const message =
    "A manager died while it carried the request out, and now it is too late: ask again if it is still meant.";
  return { outcome: "failed", ok: false, reason: { code: "INTERRUPTED", message } };
}

/** The verdict on waiting and new requests while the manager shuts down. */
export const shuttingDown = {
  outcome: "rejected",
  ok: false,
  reason: { code: "SHUTTING_DOWN", message: "The manager is shutting down: start it again, then ask again." },
} as const satisfies Verdict;

/** The verdict on the running request when the manager shuts down. */
export const shutDown: Verdict = {
  outcome: "superseded",
  ok: false,
  reason: { code: "SHUTDOWN", message: "The manager was shut down while the request was being executed." },
};

/** The verdict on a request that a newer one replaced. */
export function superseded(by: { readonly id: string; readonly mode: string }): Verdict {
  const message = `Request '${by.id}' for mode '${by.mode}' came after it and took its place.`;
  return { outcome: "superseded", ok: false, reason: { code: "SUPERSEDED", message }, supersededBy: by };
}
