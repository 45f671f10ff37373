/**
 * The last events of this manager, in memory: what `modeshift events` and `modeshift why` look back on.
 *
 * Progress is left out: it repeats what node events say. What led to what is explained by src/cli/causes.ts.
 */
import type { Observable } from "rxjs";
import type { ManagerEvent } from "../../bus/event.ts";

const mostEvents = 2000;

/** A bounded memory of events. */
export class RecentEvents {
  readonly #events: ManagerEvent[] = [];
  #lastSeq = 0;

  constructor(events$: Observable<ManagerEvent>) {
    // Completes with the manager.
    events$.subscribe((event) => {
      this.#lastSeq = event.seq;
      if (event.type === "progress") return;
      this.#events.push(event);
      // Cut in blocks: shifting a long list at every event would copy it each time.
      if (this.#events.length >= 2 * mostEvents) this.#events.splice(0, mostEvents);
    });
  }

  /** The number of the last event, progress included; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The last events, oldest first. */
  tail(count: number): readonly ManagerEvent[] {
    return count <= 0 ? [] : this.#events.slice(-Math.min(count, mostEvents));
  }
}
