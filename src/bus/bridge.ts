/**
 * The bridge: the only way in. Redis, the local door and `changeMode` all pass it, so that one order and one answer
 * hold in one place.
 *
 * An RxJS stream of requests becomes machine events; the machine's results come out, stamped with times. It adds what
 * the machine, which has no clock, cannot know: deadlines (I11) and ids that were seen before (I7). It judges nothing.
 */
import { asapScheduler, Observable, observeOn } from "rxjs";
import type { Actor, ActorLogicFrom } from "xstate";
import type { Clock, TimerHandle } from "../clock.ts";
import type { createModeMachine } from "../machines/mode-machine.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { TransitionResult } from "../modes/result.ts";
import { KnownIds } from "./known-ids.ts";

/** The running mode machine. */
export type ModeActor = Actor<ActorLogicFrom<ReturnType<typeof createModeMachine>>>;

/** What a bridge needs beside its two ends. */
export interface BridgeOptions {
  readonly clock: Clock;
  /** An answered id was asked for again: its answer, to be told to whoever asks and to nobody else. */
  readonly onRepeat?: (result: TransitionResult) => void;
  /** An id was used again for another mode: the request is dropped, its first use stands. */
  readonly onReused?: (request: ModeRequest) => void;
}

/**
 * Sends every request to the actor and emits every result, in order. Cold: subscribing connects the two, unsubscribing
 * parts them and drops the deadline timers. Completes with the actor; errors when the actor or `requests$` does.
 */
export function bridge(
  requests$: Observable<ModeRequest>,
  actor: ModeActor,
  { clock, onRepeat, onReused }: BridgeOptions,
): Observable<TransitionResult> {
  return new Observable<TransitionResult>((subscriber) => {
    const ids = new KnownIds(clock);
    const deadlines = new Deadlines(clock, (requestId) => actor.send({ type: "request.expired", requestId }));
    const admit = (request: ModeRequest): void => {
      ids.take(request.requestId, request.mode);
      const late = request.deadline !== undefined && request.deadline <= clock.now();
      actor.send({ type: "mode.request", ...request, ...(late ? { expired: true } : {}) });
    };
    const subscriptions = [
      actor.on("accepted", ({ request, position }) => {
        if (position > 0) deadlines.set(request);
      }),
      actor.on("transition", ({ requestId, to }) => {
        deadlines.drop(requestId);
        if (to !== null) ids.take(requestId, to);
      }),
      actor.on("result", ({ result }) => {
        const { requestId, requestedMode } = result;
        deadlines.drop(requestId);
        const { readAt } = ids.take(requestId, requestedMode);
        const stamped = { ...result, durationMs: Math.round(clock.now() - readAt), at: Date.now() };
        ids.answer(requestId, stamped);
        subscriber.next(stamped);
      }),
      actor.subscribe({
        complete: () => subscriber.complete(),
        error: (error: unknown) => subscriber.error(error),
      }),
      inTurnsOfTheirOwn(requests$).subscribe({
        next: (request) => {
          const known = ids.find(request.requestId);
          if (known !== undefined && known.mode !== request.mode) onReused?.(request);
          if (known?.result !== undefined) onRepeat?.(known.result);
          if (known === undefined) admit(request);
        },
        error: (error: unknown) => subscriber.error(error),
      }),
    ];
    return () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      deadlines.dropAll();
    };
  });
}

/** What a listener asks for amid an event would be planned from a picture without what that event sets off (I1, I8). */
function inTurnsOfTheirOwn(requests$: Observable<ModeRequest>): Observable<ModeRequest> {
  return requests$.pipe(observeOn(asapScheduler));
}

/** Timers of the requests that wait and may not wait for ever. */
class Deadlines {
  readonly #clock: Clock;
  readonly #expire: (requestId: string) => void;
  readonly #timers = new Map<string, TimerHandle>();

  constructor(clock: Clock, expire: (requestId: string) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  set({ requestId, deadline }: ModeRequest): void {
    if (deadline === undefined) return;
    const expire = (): void => this.#expire(requestId);
    this.#timers.set(requestId, this.#clock.setTimeout(expire, deadline - this.#clock.now()));
  }

  drop(requestId: string): void {
    this.#clock.clearTimeout(this.#timers.get(requestId));
    this.#timers.delete(requestId);
  }

  dropAll(): void {
    for (const requestId of this.#timers.keys()) this.drop(requestId);
  }
}
