/**
 * Writes everything the manager tells, in order, one script call at a time.
 *
 * What arrives while a call is under way goes with the next, so a burst costs few calls. While the server is away
 * answers are kept and the rest is counted; on return the answers go first, then the whole state, then the gap.
 * Holds I7 (an answer is written once, and takes its request off the stream in the same step) and I16.
 */
import type { Redis } from "ioredis";
import type { BusContext, ManagerState, Publication } from "./bus.ts";
import type { UnnumberedEvent } from "./event.ts";
import { consumerGroup, type RedisKeys } from "./redis-keys.ts";
import {
  deadOperation,
  eventOperation,
  markOperation,
  nodesOperations,
  removeOperation,
  resultOperation,
  stateOperation,
  type Operation,
} from "./redis-operations.ts";
import { runScript, writeOperations } from "./redis-scripts.ts";
import type { RequestLedger } from "./request-ledger.ts";
import { printSummary, printState } from "./state-message.ts";

/** What the writer works with. */
export interface WriterContext {
  readonly bus: BusContext;
  readonly keys: RedisKeys;
  readonly ledger: RequestLedger;
  readonly token: string;
  readonly client: Redis;
  readonly eventsKept: number;
  readonly resultTtlMs: number;
  /** A call has failed: nothing is written until the next {@link RedisWriter.sync}. */
  readonly onFailure: (error: unknown) => void;
}

const maxOperationsPerCall = 256;
const maxKept = 10_000;
// What is published before the first connection stands is written in full, unless that takes too long.
const maxKeptBeforeFirstSync = 1_000;

/** The writing half of the Redis bus. */
export class RedisWriter {
  readonly #context: WriterContext;
  #mode: "away" | "queueing" | "online" = "away";
  #queue: Operation[] = [];
  #inCall: readonly Operation[] = [];
  #state: ManagerState | undefined;
  #written: ReadonlyMap<string, string> = new Map();
  #keepsAll = true;
  #dropped = 0;
  /** Server time minus the time that has passed here, which nobody sets, ms. */
  #clockOffset = Date.now() - performance.now();
  readonly #idle: (() => void)[] = [];

  constructor(context: WriterContext) {
    this.#context = context;
  }

  /** Server time now, as well as it is known. */
  get serverNow(): number {
    return performance.now() + this.#clockOffset;
  }

  set serverNow(serverTime: number) {
    this.#clockOffset = serverTime - performance.now();
  }

  publish({ events, state }: Publication): void {
    this.#state = state;
    this.#add(events.flatMap((event) => this.#operationsOf(event, state)));
  }

  /** Moves an entry to the dead letters; answers it when a result is given. */
  bury(entry: string, reason: string, fields: readonly string[]): void {
    this.#add([deadOperation(entry, reason, fields)]);
  }

  /** Takes duplicates off the stream. */
  remove(entries: readonly string[]): void {
    if (entries.length > 0) this.#add([removeOperation(entries)]);
  }

  /** The server is away or the lease is lost: keep what must not be lost. */
  suspend(): void {
    this.#mode = "away";
    this.#drop();
  }

  /** With the lease just taken: brings the server up to date, then writes what is published. Rejects as the call does. */
  async sync(announcement: readonly UnnumberedEvent[]): Promise<void> {
    const { bus } = this.#context;
    while (this.#queue.length > maxOperationsPerCall) {
      await this.#callOrKeep(this.#queue.splice(0, maxOperationsPerCall));
    }
    const state = bus.state();
    const dropped = this.#dropped;
    const gap = dropped === 0 ? [] : [this.#gap(dropped)];
    const kept = this.#queue;
    this.#queue = [];
    this.#dropped = 0;
    // From here on what is published goes after the snapshot that is being taken.
    this.#mode = "queueing";
    // The last of what was kept and the state go in one step: no watcher may see the one without the other (I16).
    const told = [...announcement, ...gap].map((event) => eventOperation(event, state));
    try {
      await this.#call([...kept, ...this.#snapshotOf(state), ...told]);
    } catch (error) {
      this.#dropped += dropped;
      this.#queue.unshift(...kept);
      this.suspend();
      throw error;
    }
    this.#keepsAll = false;
    this.#mode = "online";
    void this.#pump();
  }

  #snapshotOf(state: ManagerState): Operation[] {
    const { bus, ledger } = this.#context;
    const mark = state.request === null ? undefined : ledger.markOf(state.request);
    this.#state = state;
    this.#written = this.#fieldsOf(state);
    return [
      stateOperation([...this.#written, ["catalogue", printSummary(bus.catalogue)]]),
      ...nodesOperations(state),
      ...(mark === undefined || state.request === null ? [] : [markOperation(state.request, mark)]),
    ];
  }

  /** Resolves when nothing is left to write. */
  drained(): Promise<void> {
    if (this.#queue.length === 0 && this.#inCall.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  #operationsOf(event: UnnumberedEvent, state: ManagerState): Operation[] {
    const { ledger } = this.#context;
    if (event.type === "result") {
      const entries = ledger.entriesOf(event.id);
      const asked = ledger.modeOf(event.id);
      if (asked !== undefined && asked !== event.data.requestedMode) return this.#reused(event.id, asked);
      return [resultOperation(event.data, entries, () => this.remove(ledger.forget(event.id, entries)))];
    }
    if (event.type === "accepted") ledger.accept(event.id, event.data.mode, Math.floor(this.serverNow));
    const mark =
      event.type === "transition" && event.id !== "" ? ledger.begin(event.id, event.data.attempt) : undefined;
    const written = eventOperation(event, state);
    return mark === undefined ? [written] : [written, markOperation(event.id, mark)];
  }

  /** Only the manager itself still knew that the id is another request's: the server has lost its memory. */
  #reused(id: string, mode: string): Operation[] {
    const { ledger } = this.#context;
    const entries = ledger.entriesOf(id);
    ledger.forget(id, []);
    return entries.map((entry) => deadOperation(entry, "ID_REUSED", ["id", id, "mode", mode]));
  }

  #gap(dropped: number): UnnumberedEvent {
    const { holder, epoch } = this.#context.bus;
    return { type: "manager", id: "", at: Date.now(), data: { what: "gap", holder, epoch, dropped } };
  }

  #add(operations: readonly Operation[]): void {
    if (this.#mode === "away" && !this.#keepsAll) {
      this.#queue.push(...this.#answersOf(operations));
      if (this.#queue.length > maxKept) {
        this.#dropped += this.#queue.splice(0, this.#queue.length - maxKept).length;
      }
      return;
    }
    this.#queue.push(...operations);
    if (this.#mode === "away") this.#drop();
    if (this.#mode === "online") void this.#pump();
  }

  #drop(): void {
    if (this.#keepsAll && this.#queue.length <= maxKeptBeforeFirstSync) return;
    this.#keepsAll = false;
    this.#queue = this.#answersOf(this.#queue);
  }

  /** The answers among them; the other events are counted. */
  #answersOf(operations: readonly Operation[]): Operation[] {
    const answers = operations.filter((operation) => operation.isResult === true);
    this.#dropped += operations.filter((operation) => operation.isEvent === true).length - answers.length;
    return answers;
  }

  async #pump(): Promise<void> {
    while (this.#mode === "online" && this.#inCall.length === 0) {
      const batch = withoutVainMarks(this.#queue.splice(0, maxOperationsPerCall));
      const changed = this.#changedFields();
      if (batch.length === 0 && changed.size === 0) break;
      try {
        await this.#callOrKeep(batch, changed);
      } catch (error) {
        this.#context.onFailure(error);
      }
    }
    if (this.#queue.length === 0 && this.#inCall.length === 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  async #callOrKeep(
    batch: readonly Operation[],
    fields: ReadonlyMap<string, string> = new Map(),
  ): Promise<void> {
    try {
      await this.#call(fields.size === 0 ? batch : [...batch, stateOperation(fields)]);
    } catch (error) {
      this.#queue.unshift(...batch);
      this.suspend();
      throw error;
    }
  }

  /** Runs operations in one script call. */
  async #call(operations: readonly Operation[]): Promise<void> {
    const { client, keys, token, eventsKept, resultTtlMs } = this.#context;
    const results = operations.flatMap(({ resultId }) =>
      resultId === undefined ? [] : [keys.result(resultId)],
    );
    const fixed = [keys.lease, keys.requests, keys.events, keys.state, keys.nodes, keys.deadLetter];
    const words = operations.flatMap((operation) => operation.words);
    const args = [token, consumerGroup, eventsKept, resultTtlMs, keys.changedChannel, ...words];
    this.#inCall = operations;
    try {
      await runScript(client, writeOperations, [...fixed, ...results], args);
    } finally {
      this.#inCall = [];
    }
    for (const { onWritten } of operations) onWritten?.();
  }

  #changedFields(): Map<string, string> {
    if (this.#state === undefined) return new Map();
    const fields = this.#fieldsOf(this.#state);
    const changed = new Map([...fields].filter(([name, value]) => this.#written.get(name) !== value));
    this.#written = fields;
    return changed;
  }

  #fieldsOf(state: ManagerState): Map<string, string> {
    const { begun } = this.#context.ledger;
    const fields = new Map(printState(state));
    if (begun !== undefined) fields.set("begun", JSON.stringify(begun));
    return fields;
  }
}

/** A request that is answered in the same call needs no mark of its beginning. */
function withoutVainMarks(batch: readonly Operation[]): readonly Operation[] {
  const answered = new Set(batch.flatMap(({ resultId, isResult }) => (isResult === true ? [resultId] : [])));
  if (answered.size === 0) return batch;
  return batch.filter(({ resultId, isMark }) => isMark !== true || !answered.has(resultId));
}
