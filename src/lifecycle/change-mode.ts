/**
 * `changeMode`: one request of the embedding program, from its arguments to its answer.
 *
 * It is one more door: what it sends passes the bridge like any other request. It owns the caller's wait only.
 */
import { randomUUID } from "node:crypto";
import type { Observable } from "rxjs";
import type { Clock } from "../clock.ts";
import { messageOf, ModeshiftError } from "../errors.ts";
import { findMode, modeNotFound, type Catalogue, type Mode, type OnBusy } from "../modes/catalogue.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { TransitionResult } from "../modes/result.ts";
import { checkChangeOptions } from "./check-options.ts";

/** How one mode is asked for. */
export interface ChangeModeOptions {
  /** Who asks, for people. */
  readonly by?: string;
  /** The request is answered `expired` when it has not begun after this many ms. */
  readonly deadlineMs?: number;
  /** @defaultValue the catalogue's `onBusy` */
  readonly onBusy?: OnBusy;
  /** Ends only the wait: the request goes on. One that is aborted before sends nothing. */
  readonly signal?: AbortSignal;
  /** Asking twice with one id is asking once. @defaultValue a new UUID */
  readonly id?: string;
}

/** The mode of that name. @throws ModeshiftError MODE_UNKNOWN */
export function requireMode<M extends string, N extends string>(
  catalogue: Catalogue<M, N>,
  name: string,
): Mode<M, N> {
  const mode = findMode(catalogue, name);
  if (mode !== undefined) return mode;
  throw new ModeshiftError("MODE_UNKNOWN", modeNotFound(catalogue, messageOf(name)));
}

/**
 * The request that `changeMode` sends.
 *
 * @throws ModeshiftError MODE_UNKNOWN, BAD_OPTION
 */
export function requestFor(
  catalogue: Catalogue,
  clock: Clock,
  mode: string,
  options: ChangeModeOptions,
): ModeRequest {
  requireMode(catalogue, mode);
  checkChangeOptions(options);
  const { by, deadlineMs, onBusy, id = randomUUID() } = options;
  return {
    requestId: id,
    mode,
    ...(by === undefined ? {} : { by }),
    ...(onBusy === undefined ? {} : { onBusy }),
    ...(deadlineMs === undefined ? {} : { deadline: clock.now() + deadlineMs }),
  };
}

/** Nobody waits for it any more, and nobody has heard of it. */
export function abortedBefore(requestId: string, { reason }: AbortSignal): ModeshiftError {
  const message = `Request '${requestId}' was not sent: its signal had been aborted before.`;
  return new ModeshiftError("ABORTED", message, { cause: reason });
}

/**
 * The answer to a request among all answers.
 *
 * @throws ModeshiftError ABORTED when the signal is; CLOSED when the answers end without it
 */
export function answerTo(
  requestId: string,
  answers$: Observable<TransitionResult>,
  signal: AbortSignal | undefined,
): Promise<TransitionResult> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      finish();
      const message = `The wait for request '${requestId}' was aborted; the request goes on.`;
      reject(new ModeshiftError("ABORTED", message, { cause: signal?.reason }));
    };
    const subscription = answers$.subscribe({
      next: (result) => {
        if (result.requestId !== requestId) return;
        finish();
        resolve(result);
      },
      complete: () => {
        finish();
        reject(new ModeshiftError("CLOSED", `The manager closed before it answered request '${requestId}'.`));
      },
    });
    const finish = (): void => {
      subscription.unsubscribe();
      signal?.removeEventListener("abort", abort);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}
