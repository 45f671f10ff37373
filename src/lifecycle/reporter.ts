/**
 * The reporter: collects what happens, numbers it, and hands it to the bus: what nodes do once a turn of the event
 * loop, everything else with what came before it, at once.
 *
 * It decides nothing and knows no machine: the manager tells it. Holds I16 (what a late joiner is given is the state
 * after the last event told).
 */
import { isDeepStrictEqual } from "node:util";
import { BehaviorSubject, Subject, type Observable } from "rxjs";
import type { Bus, ManagerState } from "../bus/bus.ts";
import type { EventData, EventType, ManagerEvent, UnnumberedEvent } from "../bus/event.ts";

/** What a reporter works with. `state`: the whole state at this moment. */
export interface ReporterOptions {
  readonly bus: Bus;
  readonly state: () => ManagerState;
  /** Called before a turn's publication: the last chance to tell something with it. */
  readonly beforeFlush: () => void;
}

/** See the file header. */
export interface Reporter {
  readonly events$: Observable<ManagerEvent>;
  readonly state$: Observable<ManagerState>;
  /** `id`: the request it belongs to, or "". */
  tell<Type extends EventType>(type: Type, id: string, data: EventData[Type]): void;
  /** The state may have changed although there is nothing to tell. */
  touch(): void;
  /** From now on the bus is told, too: it is open. */
  publish(): void;
  /** Hands on at once what has been told. */
  flush(): void;
  /** Completes both streams. */
  complete(): void;
}

/** Creates the reporter of one manager. */
export function createReporter({ bus, state, beforeFlush }: ReporterOptions): Reporter {
  const events = new Subject<ManagerEvent>();
  const states = new BehaviorSubject<ManagerState>(state());
  let pending: UnnumberedEvent[] = [];
  const due = new Appointment(flush);
  let publishing = false;
  let seq = 0;

  function flush(): void {
    beforeFlush();
    due.cancel();
    const current = state();
    const told = pending;
    pending = [];
    if (publishing && told.length > 0) bus.publish({ events: told, state: current });
    if (!isDeepStrictEqual(current, states.value)) states.next(current);
  }

  return {
    events$: events.asObservable(),
    state$: states.asObservable(),
    tell(type, id, data) {
      const event = { type, id, at: Date.now(), data } as UnnumberedEvent;
      pending.push(event);
      // Hundreds of nodes may change in one turn, and each flush looks at all of them.
      if (type === "node" || type === "progress") due.atTurnsEnd();
      else due.soon();
      seq += 1;
      events.next({ ...event, seq });
    },
    touch: () => due.soon(),
    publish() {
      publishing = true;
    },
    flush,
    complete() {
      events.complete();
      states.complete();
    },
  };
}

/** One call to come, the sooner of those that were asked for. */
class Appointment {
  readonly #act: () => void;
  #isSoon = false;
  #turnsEnd: NodeJS.Immediate | undefined;

  constructor(act: () => void) {
    this.#act = act;
  }

  soon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    queueMicrotask(this.#act);
  }

  atTurnsEnd(): void {
    if (!this.#isSoon) this.#turnsEnd ??= setImmediate(this.#act);
  }

  /** It has happened. */
  cancel(): void {
    this.#isSoon = false;
    clearImmediate(this.#turnsEnd);
    this.#turnsEnd = undefined;
  }
}
