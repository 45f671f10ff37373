/**
 * The reporter: collects what happens, numbers it, and hands it to the bus: what nodes do once a turn of the event
 * loop, everything else with what came before it, at once.
 *
 * It decides nothing and knows no machine: the manager tells it. Holds I16 (what a late joiner is given is the state
 * after the last event told).
 */
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
  let isSoon = false;
  let turnsEnd: NodeJS.Immediate | undefined;
  let publishing = false;
  let seq = 0;

  function flushSoon(): void {
    if (isSoon) return;
    isSoon = true;
    queueMicrotask(flush);
  }

  // Hundreds of nodes may change in one turn, and each flush looks at all of them.
  function flushAtTurnsEnd(): void {
    if (!isSoon) turnsEnd ??= setImmediate(flush);
  }

  function flush(): void {
    beforeFlush();
    isSoon = false;
    clearImmediate(turnsEnd);
    turnsEnd = undefined;
    const current = state();
    const told = pending;
    pending = [];
    if (publishing && told.length > 0) bus.publish({ events: told, state: current });
    states.next(current);
  }

  return {
    events$: events.asObservable(),
    state$: states.asObservable(),
    tell(type, id, data) {
      const event = { type, id, at: Date.now(), data } as UnnumberedEvent;
      pending.push(event);
      if (type === "node" || type === "progress") flushAtTurnsEnd();
      else flushSoon();
      seq += 1;
      events.next({ ...event, seq });
    },
    touch: flushSoon,
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
