/**
 * The manager's own memory of request ids, so that nothing is executed twice whatever became of the bus's memory
 * ("Two doors, one order" in SEMANTICS: FLUSHALL and re-adds change nothing). Holds I7.
 *
 * Answered ids are kept for ten minutes, the last 10,000 at most; ids in hand for as long as it takes.
 */
import type { Clock } from "../clock.ts";
import type { TransitionResult } from "../modes/result.ts";

const keptForMs = 600_000;
const keptAnswers = 10_000;

/** An id as it is remembered. `result` is absent while the request is in hand. */
export interface KnownId {
  readonly mode: string;
  /** When it was read, on the clock. */
  readonly readAt: number;
  readonly result?: TransitionResult;
}

/** Remembers the ids of one manager. */
export class KnownIds {
  readonly #clock: Clock;
  readonly #inHand = new Map<string, KnownId>();
  readonly #answered = new Map<string, KnownId & { readonly answeredAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is known of an id; undefined when it is new, or long forgotten. */
  find(id: string): KnownId | undefined {
    this.#forgetOld();
    return this.#inHand.get(id) ?? this.#answered.get(id);
  }

  /** Takes an id in hand; the first reading counts. */
  take(id: string, mode: string): KnownId {
    const known = this.#inHand.get(id) ?? { mode, readAt: this.#clock.now() };
    this.#inHand.set(id, known);
    return known;
  }

  /** Keeps the answer of an id. */
  answer(id: string, result: TransitionResult): void {
    const known = this.take(id, result.requestedMode);
    this.#inHand.delete(id);
    this.#answered.delete(id);
    this.#answered.set(id, { ...known, result, answeredAt: this.#clock.now() });
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > keptAnswers && oldest !== undefined) this.#answered.delete(oldest);
  }

  #forgetOld(): void {
    const oldest = this.#clock.now() - keptForMs;
    for (const [id, { answeredAt }] of this.#answered) {
      if (answeredAt > oldest) return;
      this.#answered.delete(id);
    }
  }
}
