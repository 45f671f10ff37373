/**
 * The bridge: the only way in. Redis, the local door and `changeMode` all pass it, so that one order and one answer
 * hold in one place.
 *
 * An RxJS stream of requests becomes machine events; the machine's results come out, stamped with times. It adds what
 * the machine, which has no clock, cannot know: deadlines (I11) and ids that were seen before (I7). It judges nothing.
 */
import { Observable } from "rxjs";
import type { Actor, ActorLogicFrom } from "xstate";
import type { Clock, TimerHandle } from "../clock.ts";
import type { createModeMachine } from "../machines/mode-machine.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { TransitionResult, UntimedResult } from "../modes/result.ts";
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
    const deadlines = new Map<string, TimerHandle>();

    const dropDeadline = (id: string): void => {
      clock.clearTimeout(deadlines.get(id));
      deadlines.delete(id);
    };
    const stamp = (result: UntimedResult): TransitionResult => {
      const { readAt } = ids.take(result.requestId, result.requestedMode);
      return { ...result, durationMs: Math.round(clock.now() - readAt), at: Date.now() };
    };
    const admit = (request: ModeRequest): void => {
      const { requestId, mode, deadline } = request;
      const known = ids.find(requestId);
      if (known !== undefined && known.mode !== mode) onReused?.(request);
      if (known?.result !== undefined) onRepeat?.(known.result);
      if (known !== undefined) return;
      ids.take(requestId, mode);
      const late = deadline !== undefined && deadline <= clock.now();
      actor.send({ type: "mode.request", ...request, ...(late ? { expired: true } : {}) });
    };

    const subscriptions = [
      actor.on("accepted", ({ request, position }) => {
        if (position === 0 || request.deadline === undefined) return;
        const expire = (): void => actor.send({ type: "request.expired", requestId: request.requestId });
        deadlines.set(request.requestId, clock.setTimeout(expire, request.deadline - clock.now()));
      }),
      actor.on("transition", ({ requestId, to }) => {
        dropDeadline(requestId);
        if (to !== null) ids.take(requestId, to);
      }),
      actor.on("result", ({ result }) => {
        const stamped = stamp(result);
        dropDeadline(result.requestId);
        ids.answer(result.requestId, stamped);
        subscriber.next(stamped);
      }),
      actor.subscribe({
        complete: () => subscriber.complete(),
        error: (error: unknown) => subscriber.error(error),
      }),
      requests$.subscribe({ next: admit, error: (error: unknown) => subscriber.error(error) }),
    ];
    return () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      for (const id of [...deadlines.keys()]) dropDeadline(id);
    };
  });
}
