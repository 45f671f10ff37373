/**
 * The intake: the requests of every door in one stream into the bridge, and the answers out of it to whoever waits.
 *
 * The library's own door, `changeMode`, lives here; the bus's requests are handed in. Holds I7 on the way out: an
 * answer reaches its caller once, also when the same id was asked for twice.
 */
import { Subject, tap, type Observable } from "rxjs";
import { bridge, type ModeActor } from "../bus/bridge.ts";
import type { Clock } from "../clock.ts";
import { ModeshiftError } from "../errors.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { TransitionResult } from "../modes/result.ts";
import { abortedBefore, answerTo, requestFor, type ChangeModeOptions } from "./change-mode.ts";

/** What an intake works with. */
export interface IntakeOptions {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly actor: ModeActor;
  /** An answered request was sent again. */
  readonly onRepeat: (result: TransitionResult) => void;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** See the file header. */
export class Intake<M extends string> {
  readonly #options: IntakeOptions;
  readonly #requests = new Subject<ModeRequest>();
  readonly #results = new Subject<TransitionResult<M>>();
  /** Results, and answers told again. */
  readonly #answers = new Subject<TransitionResult>();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Every answer, once. Hot. */
  get results$(): Observable<TransitionResult<M>> {
    return this.#results.asObservable();
  }

  /** Opens the way in; subscribe once, and tell what comes. */
  connect(tell: (result: TransitionResult) => void): Observable<TransitionResult> {
    const { clock, actor, onRepeat, warn } = this.#options;
    const results$ = bridge(this.#requests, actor, {
      clock,
      onRepeat: (result) => {
        this.#answers.next(result);
        onRepeat(result);
      },
      onReused: ({ requestId }) => warn("a request id was used again for another mode", { requestId }),
    });
    return results$.pipe(
      tap((result) => {
        tell(result);
        this.#answers.next(result);
        this.#results.next(result as TransitionResult<M>);
      }),
    );
  }

  /** Takes a request that came in by another door. */
  take(request: ModeRequest): void {
    this.#requests.next(request);
  }

  /** `changeMode`. @throws ModeshiftError MODE_UNKNOWN, BAD_OPTION, ABORTED, CLOSED */
  async ask(mode: M, options: ChangeModeOptions): Promise<TransitionResult<M>> {
    const request = requestFor(this.#options.catalogue, this.#options.clock, mode, options);
    if (options.signal?.aborted === true) throw abortedBefore(request.requestId, options.signal);
    const answer = this.answer(request.requestId, options.signal);
    this.#requests.next(request);
    const result = await answer;
    if (result.requestedMode === mode) return result;
    const message = `Request id '${request.requestId}' was used before, for mode '${result.requestedMode}': give every request an id of its own.`;
    throw new ModeshiftError("BAD_OPTION", message);
  }

  /** The answer to a request that is, or will be, under way. */
  async answer(requestId: string, signal?: AbortSignal): Promise<TransitionResult<M>> {
    return (await answerTo(requestId, this.#answers, signal)) as TransitionResult<M>;
  }

  complete(): void {
    this.#answers.complete();
    this.#results.complete();
  }
}
