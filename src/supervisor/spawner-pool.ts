/**
 * The spawners of one supervisor: one, and a second one from the first crowd of starts on.
 *
 * A spawner waits for each child to be exec'ed, most of it for the processor; two of them wait at the same time. Small
 * robots never need the second.
 */
import { Spawner, type SpawnerOptions, type SpawnOrder, type SpawnReport } from "./spawner.ts";

/** Orders that one spawner has not answered yet; with more of them, starting another one is worth its while. */
const crowd = 8;

/** See the file header. */
export class SpawnerPool {
  readonly #options: SpawnerOptions;
  readonly #first: Spawner;
  #second: Spawner | undefined;

  /** Starts the first one's process at once. */
  constructor(options: SpawnerOptions) {
    this.#options = options;
    this.#first = new Spawner(options);
  }

  spawn(order: SpawnOrder, report: SpawnReport): void {
    this.#leastBusy().spawn(order, report);
  }

  close(): void {
    this.#first.close();
    this.#second?.close();
  }

  #leastBusy(): Spawner {
    if (this.#first.load >= crowd) {
      this.#second ??= new Spawner(this.#options);
      this.#second.begin();
    }
    // While it comes up the first one is faster.
    const isFree = this.#second?.isUp === true && this.#second.load < this.#first.load;
    return (isFree ? this.#second : undefined) ?? this.#first;
  }
}
