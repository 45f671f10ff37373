/**
 * A client's request in the form it is sent in, and the errors a caller can get instead of an answer.
 *
 * When to send and when to give up is redis-requests.ts's.
 */
import { ModeshiftError } from "../errors.ts";
import type { OnBusy } from "../modes/catalogue.ts";
import type { ManagerEvent } from "./event.ts";
import { isMalformed, maxRequestBytes, parseRequest } from "./request-message.ts";
import { defaultMaxAgeMs } from "./requests-in-time.ts";

/** How to ask for a mode. */
export interface RequestModeOptions {
  /** Who asks, for people. */
  readonly by?: string;
  /** The latest moment to begin, ms from now. */
  readonly deadlineMs?: number;
  readonly onBusy?: OnBusy;
  /** The same id is executed once, however often it is sent. @defaultValue a new UUID */
  readonly id?: string;
  /** Ends the wait, not the request. One that is aborted before sends nothing. */
  readonly signal?: AbortSignal;
  /** Ends the wait, not the request, ms. @defaultValue 120000 */
  readonly timeoutMs?: number;
  /** Every event of this request as it comes: accepted, transition, progress, node, result. */
  readonly onEvent?: (event: ManagerEvent) => void;
}

/** What is sent: `began` on performance.now(). */
export interface OutgoingRequest {
  readonly id: string;
  readonly mode: string;
  readonly options: RequestModeOptions;
  readonly began: number;
}

/** The stream fields. A request that is sent again must not look younger than it is. */
export function fieldsFor({ id, mode, options, began }: OutgoingRequest, isSentAgain: boolean): string[] {
  const fields = ["id", id, "mode", mode];
  if (options.by !== undefined) fields.push("by", options.by);
  if (options.onBusy !== undefined) fields.push("on_busy", options.onBusy);
  const allowedMs = options.deadlineMs ?? (isSentAgain ? defaultMaxAgeMs : undefined);
  const leftMs = (allowedMs ?? 0) - (performance.now() - began);
  if (allowedMs !== undefined) fields.push("ttl", String(Math.max(0, Math.round(leftMs))));
  return fields;
}

/** @throws BAD_OPTION or PAYLOAD_TOO_LARGE when the manager could not read it. */
export function assertForm(fields: readonly string[]): void {
  const parsed = parseRequest(fields);
  if (!isMalformed(parsed)) return;
  const size = fields.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  throw new ModeshiftError(
    size > maxRequestBytes ? "PAYLOAD_TOO_LARGE" : "BAD_OPTION",
    `The request cannot be sent: ${parsed.problem}.`,
  );
}

/** The wait was ended by its signal. `isSent`: or it is on its way at this moment. */
export function aborted(id: string, isSent: boolean): ModeshiftError {
  const fate = isSent ? "the request goes on" : "the request was not sent";
  return new ModeshiftError("ABORTED", `The wait for request ${id} was ended by its signal; ${fate}.`);
}

/** The id has the answer of another request. */
export function reused(id: string): ModeshiftError {
  return new ModeshiftError("BAD_OPTION", `The id ${id} was used for another mode: take a new one.`);
}

/** The server does not take the request. */
export function refused(message: string, server: string): ModeshiftError {
  return new ModeshiftError("BUS_REFUSED", `Redis at ${server} refuses the request: ${message}.`);
}

/** Nobody reads the namespace's requests. */
export function managerNotFound(namespace: string, server: string, isSent: boolean): ModeshiftError {
  const fate = isSent ? "The request stays in the stream until it is stale." : "Nothing was sent.";
  return new ModeshiftError(
    "MANAGER_NOT_FOUND",
    `No manager of '${namespace}' answers on Redis at ${server}. ${fate} Start one with 'modeshift up', or correct the namespace.`,
  );
}

/** The server was away all the time. */
export function unreachable(server: string, timeoutMs: number): ModeshiftError {
  return new ModeshiftError(
    "BUS_UNAVAILABLE",
    `Redis at ${server} could not be reached for ${timeoutMs} ms. Check the URL, and that the server runs.`,
  );
}

/** The manager was there and did not answer in time. */
export function timedOut({ id, mode }: OutgoingRequest, timeoutMs: number, trouble: string): ModeshiftError {
  const why = trouble === "" ? "" : ` (last trouble: ${trouble})`;
  return new ModeshiftError(
    "TIMED_OUT",
    `Request ${id} for mode '${mode}' was not answered within ${timeoutMs} ms${why}. It may still be executed: ask for the state.`,
  );
}
