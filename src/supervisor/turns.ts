/**
 * Spreads what a hundred nodes bring at once over turns of the event loop, so that an urgent request is read in between
 * (I9): in order, and a few milliseconds of it in one turn.
 */

/** Work of one turn, ms. */
const longestMs = 5;

/** See the file header. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #turnBegan: number | undefined;

  /** Does it at once while this turn has time, else in one of the next. */
  add(work: () => void): void {
    if (this.#waiting.length > 0 || !this.#hasTime()) this.#waiting.push(work);
    else work();
  }

  #hasTime(): boolean {
    const now = performance.now();
    if (this.#turnBegan === undefined) {
      this.#turnBegan = now;
      setImmediate(() => {
        this.#nextTurn();
      });
    }
    return now - this.#turnBegan < longestMs;
  }

  #nextTurn(): void {
    this.#turnBegan = undefined;
    let next = 0;
    for (let work = this.#waiting[0]; work !== undefined && this.#hasTime(); work = this.#waiting[next]) {
      next += 1;
      work();
    }
    this.#waiting.splice(0, next);
  }
}
