/**
 * The bus without a server: requests are pushed by a method, everything published is kept in memory to be looked at.
 *
 * The default of `createLifecycleManager`, and what tests run on. It keeps the contract of bus.ts to the letter,
 * duplicate ids and malformed messages included, so that what works on it works on Redis. Holds I7 and I16.
 */
import { BehaviorSubject, Observable, Subject } from "rxjs";
import { systemClock } from "../clock.ts";
import { ModeshiftError } from "../errors.ts";
import { shuttingDown } from "../machines/admission.ts";
import type { ModeRequest } from "../modes/request.ts";
import { findMode } from "../modes/catalogue.ts";
import type { Reason, TransitionResult } from "../modes/result.ts";
import type { Bus, BusContext, BusHealth, ManagerState, Publication } from "./bus.ts";
import { collapseBatch } from "./collapse.ts";
import type { ManagerEvent, UnnumberedEvent } from "./event.ts";
import { malformed, refusal, type RefusedRequest } from "./refusal.ts";
import { isMalformed, parseRequest } from "./request-message.ts";
import { requestOf } from "./requests-in-time.ts";

/** What could not be delivered, and why. */
export interface DeadLetter {
  readonly entry: string;
  readonly reason: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A bus in memory, with the far end's view of it. */
export interface MemoryBus extends Bus {
  /**
   * Sends a request as a client would: `mode`, and if wanted `id`, `by`, `on_busy`, `deadline`, `ttl`, or JSON in
   * `data`. Works before `open`: it waits to be read. Returns its id.
   *
   * @example
   * ```ts
   * import { memoryBus } from "modeshift";
   * const bus = memoryBus();
   * bus.send({ id: "first", mode: "teleop" }); // => "first"
   * ```
   */
  send(fields: Readonly<Record<string, string>>): string;
  /** Everything published so far, numbered; then every later event. Completes on close. */
  readonly events$: Observable<ManagerEvent>;
  /** The last published state; undefined before the first. */
  readonly state: ManagerState | undefined;
  /** The answer to a request; undefined while there is none. The last 10,000 are kept. */
  result(id: string): TransitionResult | undefined;
  /** The last 1,000. */
  readonly deadLetters: readonly DeadLetter[];
}

const keptEvents = 1_000;
const keptResults = 10_000;

interface Entry {
  readonly entry: string;
  readonly fields: Readonly<Record<string, string>>;
  /** How long ago it was sent, ms: by the time that passes, on the manager's clock if there is one yet. */
  readonly age: () => number;
}

/** A bus that lives and dies with the process. */
export function memoryBus(): MemoryBus {
  return new InMemoryBus();
}

class InMemoryBus implements MemoryBus {
  readonly deadLetters: DeadLetter[] = [];
  readonly requests$: Observable<ModeRequest>;
  readonly events$: Observable<ManagerEvent>;
  readonly health$: Observable<BusHealth>;
  readonly #health = new BehaviorSubject<BusHealth>({ status: "connected" });
  readonly #live = new Subject<ManagerEvent>();
  readonly #requests = new Subject<ModeRequest>();
  readonly #history: ManagerEvent[] = [];
  readonly #results = new Map<string, TransitionResult>();
  /** Delivered and not answered: id to mode. */
  readonly #inHand = new Map<string, string>();
  #unread: Entry[] = [];
  #context: BusContext | undefined;
  #state: ManagerState | undefined;
  #seq = 0;
  #sent = 0;
  #closed = false;

  constructor() {
    this.health$ = this.#health.asObservable();
    this.events$ = new Observable((subscriber) => {
      for (const event of [...this.#history]) subscriber.next(event);
      return this.#live.subscribe(subscriber);
    });
    this.requests$ = new Observable((subscriber) => {
      const subscription = this.#requests.subscribe(subscriber);
      this.#deliver();
      return subscription;
    });
  }

  get state(): ManagerState | undefined {
    return this.#state;
  }

  open(context: BusContext): void {
    if (this.#context !== undefined) {
      throw new ModeshiftError("BAD_OPTION", "This bus is already open: give every manager its own bus.");
    }
    this.#context = context;
  }

  send(fields: Readonly<Record<string, string>>): string {
    if (this.#closed) throw new ModeshiftError("CLOSED", "This bus is closed: nobody will read the request.");
    this.#sent += 1;
    // Of the form of a stream entry, so that ids look the same on every bus.
    const entry = `${Date.now()}-${this.#sent}`;
    const clock = this.#context?.clock ?? systemClock;
    const sentAt = clock.now();
    this.#unread.push({ entry, fields, age: () => clock.now() - sentAt });
    const parsed = parseRequest(Object.entries(fields).flat());
    if (this.#requests.observed) queueMicrotask(() => this.#deliver());
    return parsed.id ?? entry;
  }

  publish({ events, state }: Publication): void {
    if (this.#closed) return;
    this.#state = state;
    for (const event of events) this.#emit(event);
  }

  result(id: string): TransitionResult | undefined {
    return this.#results.get(id);
  }

  close(): Promise<void> {
    if (this.#context !== undefined) this.#refuseUnread(this.#context);
    this.#closed = true;
    this.#requests.complete();
    this.#live.complete();
    this.#health.complete();
    return Promise.resolve();
  }

  /** No successor will read them (I7). */
  #refuseUnread(context: BusContext): void {
    for (const entry of this.#unread.splice(0)) {
      for (const { requestId: id, mode, by } of this.#admit(entry, context)) {
        this.#refuse({ id, mode, by }, shuttingDown.reason, context);
      }
    }
  }

  #refuse(request: RefusedRequest, reason: Reason, context: BusContext): void {
    const state = context.state();
    const data = refusal(request, reason, state, Date.now());
    this.publish({ events: [{ type: "result", id: data.requestId, at: data.at, data }], state });
  }

  /** Reads everything there is in one batch. */
  #deliver(): void {
    const context = this.#context;
    if (context === undefined || this.#unread.length === 0 || !this.#requests.observed) return;
    const unread = this.#unread;
    this.#unread = [];
    const batch = unread.flatMap((entry) => this.#admit(entry, context));
    const { catalogue, clock } = context;
    const target = findMode(catalogue, context.state().target ?? "");
    const urgentRunning = target?.urgent === true && context.state().phase !== "idle";
    for (const request of collapseBatch(batch, { catalogue, now: clock.now(), urgentRunning })) {
      this.#requests.next(request);
    }
  }

  #admit(entry: Entry, context: BusContext): ModeRequest[] {
    const parsed = parseRequest(Object.entries(entry.fields).flat());
    if (isMalformed(parsed)) {
      this.#bury(entry, parsed.problem);
      const { id, problem } = parsed;
      if (id === undefined || this.#results.has(id)) return [];
      this.#refuse({ ...parsed, id }, malformed(problem), context);
      return [];
    }
    const id = parsed.id ?? entry.entry;
    const known = this.#inHand.get(id) ?? this.#results.get(id)?.requestedMode;
    if (known !== undefined && known !== parsed.mode) this.#bury(entry, "ID_REUSED");
    if (known !== undefined) return [];
    this.#inHand.set(id, parsed.mode);
    const { catalogue, clock } = context;
    const serverNow = Date.now();
    const reading = { id, enqueuedAt: serverNow - entry.age(), serverNow, now: clock.now(), catalogue };
    return [requestOf(parsed, reading)];
  }

  #bury({ entry, fields }: Entry, reason: string): void {
    this.deadLetters.push({ entry, reason, fields });
    if (this.deadLetters.length > keptEvents) this.deadLetters.shift();
  }

  #emit(event: UnnumberedEvent): void {
    if (event.type === "accepted") this.#inHand.set(event.id, event.data.mode);
    if (event.type === "result") {
      this.#inHand.delete(event.id);
      if (this.#results.has(event.id)) return;
      this.#results.set(event.id, event.data);
      const [oldest] = this.#results.keys();
      if (this.#results.size > keptResults && oldest !== undefined) this.#results.delete(oldest);
    }
    this.#seq += 1;
    const numbered: ManagerEvent = { ...event, seq: this.#seq };
    this.#history.push(numbered);
    if (this.#history.length > keptEvents) this.#history.shift();
    this.#live.next(numbered);
  }
}
