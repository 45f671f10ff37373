/**
 * The manager's subscriptions: all end together, and none is without an error handler (an RxJS subscriber without one
 * crashes the process, I13).
 */
import { Subscription, type Observable } from "rxjs";
import { messageOf } from "../errors.ts";

/** Subscribes for as long as its owner lives. */
export class Listener {
  readonly #subscription = new Subscription();
  readonly #onError: (message: string) => void;

  constructor(onError: (message: string) => void) {
    this.#onError = onError;
  }

  /** A stream that errors against its contract is reported by name, not thrown. */
  listen<T>(stream$: Observable<T>, name: string, next: (value: T) => void): void {
    const error = (cause: unknown): void => this.#onError(`the ${name} stream failed: ${messageOf(cause)}`);
    this.#subscription.add(stream$.subscribe({ next, error }));
  }

  close(): void {
    this.#subscription.unsubscribe();
  }
}
