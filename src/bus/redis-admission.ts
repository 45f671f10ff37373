/**
 * From stream entries to requests: what is malformed, known, stale or replaced is sorted out here, once per entry.
 *
 * An urgent request is emitted as soon as it is read (I9). Every other waits for the fenced `acceptRequests` script,
 * which says by the server's clock and memory whether it is new; entries read while a call is under way go with the
 * next. Answering is the machine's, also for the expired and the superseded; only duplicates and malformed ones end here.
 */
import { setImmediate as immediate } from "node:timers/promises";
import { isUrgentMode } from "../modes/catalogue.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { BusContext } from "./bus.ts";
import { collapseBatch } from "./collapse.ts";
import { parseResult } from "./messages.ts";
import type { RedisWriter } from "./redis-writer.ts";
import { compareEntries, enqueuedAt, isEntry, type RequestLedger } from "./request-ledger.ts";
import { malformed, refusal } from "./refusal.ts";
import { isMalformed, parseRequest, type MalformedRequest, type RequestMessage } from "./request-message.ts";
import { requestOf } from "./requests-in-time.ts";

/** One entry of the request stream. */
export interface StreamEntry {
  readonly entry: string;
  readonly fields: readonly string[];
  /** The id that it had in the stream, when it said it was from the future: taken off, `entry` is the time of that. */
  readonly original?: string;
}

/** What admission works with. */
export interface AdmissionContext {
  readonly bus: BusContext;
  readonly ledger: RequestLedger;
  readonly writer: RedisWriter;
  /** Runs `acceptRequests`: the server's ms, then what each result key held. */
  readonly accept: (
    requests: readonly { readonly id: string; readonly entry: string }[],
  ) => Promise<readonly unknown[]>;
  readonly emit: (request: ModeRequest) => void;
  /** The script has failed: the entries stay pending and must be read again. */
  readonly onFailure: (error: unknown) => void;
}

interface Candidate extends StreamEntry {
  readonly id: string;
  readonly message: RequestMessage;
  supersededBy?: { readonly id: string; readonly mode: string };
}

const acceptedPerCall = 256;
const emittedPerTurn = 32;

/** The judging half of the Redis bus's reader. */
export class RedisAdmission {
  readonly #context: AdmissionContext;
  #waiting: Candidate[] = [];
  #inCall: readonly Candidate[] = [];
  /** How many of those in the call are in the machine's hands. */
  #emitted = 0;

  constructor(context: AdmissionContext) {
    this.#context = context;
  }

  /** Nothing is under way between reading and emitting. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#inCall.length === 0;
  }

  #isUrgent(mode: string): boolean {
    return isUrgentMode(this.#context.bus.catalogue, mode);
  }

  /** Entries as they come in. Resolves when they are emitted, or given up until they are read again. */
  admit(entries: readonly StreamEntry[]): Promise<void> {
    for (const candidate of this.#candidatesOf(entries)) {
      if (this.#isUrgent(candidate.message.mode)) this.#emitUrgent(candidate);
      else this.#waiting.push(candidate);
    }
    return this.#pump();
  }

  /**
   * Everything there is when the reading begins or begins again, in one batch: nothing of it is emitted before all is
   * known. What was pending and is older than the request that began last was replaced by it.
   */
  admitBacklog(pending: readonly StreamEntry[], unread: readonly StreamEntry[]): void {
    const { begun } = this.#context.ledger;
    for (const candidate of this.#candidatesOf(pending)) {
      const isOlder =
        begun !== undefined && begun.id !== candidate.id && compareEntries(candidate.entry, begun.entry) < 0;
      // Nothing but what is urgent replaces what is urgent: that it is pending says that it has not settled (I9).
      const isReplaced = isOlder && (this.#isUrgent(begun.mode) || !this.#isUrgent(candidate.message.mode));
      if (isReplaced) candidate.supersededBy = { id: begun.id, mode: begun.mode };
      this.#waiting.push(candidate);
    }
    this.#waiting.push(...this.#candidatesOf(unread));
    void this.#pump();
  }

  /** Forgets what is not emitted yet: it is still pending and will be read again. */
  reset(): void {
    const left = [...this.#waiting, ...this.#inCall.slice(this.#emitted)];
    for (const { id } of left) this.#context.ledger.forget(id, []);
    this.#waiting = [];
    this.#inCall = [];
  }

  #candidatesOf(entries: readonly StreamEntry[]): Candidate[] {
    const { ledger, writer } = this.#context;
    return entries.flatMap((entry) => {
      if (ledger.holdsEntry(entry.entry)) return [];
      const message = this.#parse(entry);
      if (isMalformed(message)) {
        this.#refuse(entry, message);
        return [];
      }
      const id = message.id ?? entry.original ?? entry.entry;
      const known = ledger.modeOf(id);
      if (known !== undefined && known !== message.mode) writer.bury(entry.entry, "ID_REUSED", entry.fields);
      else ledger.add(id, message.mode, entry.entry);
      return known === undefined ? [{ ...entry, id, message }] : [];
    });
  }

  /** The request in an entry, or why it is none: also for what only the entry's own id tells. */
  #parse({ entry, fields, original }: StreamEntry): RequestMessage | MalformedRequest {
    const message = parseRequest(fields);
    const { id = original, mode, by } = message;
    const sender = by === undefined ? {} : { by };
    // Who answers to the id of an entry to come answers for somebody else.
    if (id !== undefined && isEntry(id) && original === undefined && compareEntries(id, entry) > 0) {
      return { problem: "'id' is that of an entry to come", mode, ...sender };
    }
    if (original === undefined || this.#isUrgent(mode) || isMalformed(message)) return message;
    return {
      problem: "the entry's own id lies in the future, so that its age cannot be told",
      mode,
      ...sender,
      ...(id === undefined ? {} : { id }),
    };
  }

  #refuse({ entry, fields, original }: StreamEntry, message: MalformedRequest): void {
    const { writer, bus, ledger } = this.#context;
    const { id, mode, by, problem } = message;
    // With the id of a request in hand, that one is answered by the machine.
    if (id !== undefined && ledger.modeOf(id) === undefined) {
      const state = bus.state();
      const data = refusal({ id, mode, by }, malformed(problem), state, Date.now());
      writer.publish({ events: [{ type: "result", id, at: data.at, data }], state });
    }
    writer.bury(original === undefined ? entry : "", problem, fields);
  }

  #emitUrgent(candidate: Candidate): void {
    const { id, message } = candidate;
    for (const other of [...this.#waiting, ...this.#inCall.slice(this.#emitted)]) {
      other.supersededBy ??= { id, mode: message.mode };
    }
    this.#context.emit(this.#requestOf(candidate, this.#context.writer.serverNow, 0));
    void this.#checkAfterwards(candidate);
  }

  /** An urgent request does not wait for the server's memory; that its id was another request's is found out later. */
  async #checkAfterwards(candidate: Candidate): Promise<void> {
    const { accept, ledger, writer } = this.#context;
    const [, value] = await accept([candidate]).catch(() => []);
    const result = parseResult(typeof value === "string" ? value : "");
    if (result === undefined || result.requestedMode === candidate.message.mode) return;
    ledger.forget(candidate.id, []);
    writer.bury(candidate.entry, "ID_REUSED", candidate.fields);
  }

  async #pump(): Promise<void> {
    while (this.#inCall.length === 0 && this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#inCall = batch;
      this.#emitted = 0;
      try {
        const { serverNow, held } = await this.#ask(batch);
        // reset() was called meanwhile: these entries are being read again.
        if (this.#inCall !== batch) return;
        await this.#emitBatch(batch, held, serverNow);
        if (this.#inCall !== batch) return;
        this.#inCall = [];
      } catch (error) {
        if (this.#inCall !== batch) return;
        this.reset();
        this.#context.onFailure(error);
      }
    }
  }

  async #ask(batch: readonly Candidate[]): Promise<{ serverNow: number; held: readonly unknown[] }> {
    const held: unknown[] = [];
    let serverNow = 0;
    for (let start = 0; start < batch.length; start += acceptedPerCall) {
      const [time, ...values] = await this.#context.accept(batch.slice(start, start + acceptedPerCall));
      serverNow = Number(time);
      held.push(...values);
    }
    return { serverNow, held };
  }

  /** In turns of the event loop, however many there are: what is urgent is read between them. */
  async #emitBatch(batch: readonly Candidate[], held: readonly unknown[], serverNow: number): Promise<void> {
    const { bus, emit, writer } = this.#context;
    writer.serverNow = serverNow;
    const open = batch.flatMap((candidate, index) => {
      const value = held[index];
      const mark = typeof value === "string" ? value : "";
      if (this.#isAnswered(candidate, mark)) return [];
      const attempts = Number(/^running:(\d+):/.exec(mark)?.[1] ?? 0);
      return [{ candidate, index, request: this.#requestOf(candidate, serverNow, attempts) }];
    });
    const { target, phase } = bus.state();
    const urgentRunning = phase !== "idle" && isUrgentMode(bus.catalogue, target);
    const context = { catalogue: bus.catalogue, now: bus.clock.now(), urgentRunning };
    const collapsed = collapseBatch(
      open.map(({ request }) => request),
      context,
    );
    for (const [place, { candidate, index }] of open.entries()) {
      const request = collapsed[place];
      if (request === undefined) continue;
      this.#emitted = index + 1;
      emit(withWinner(request, candidate));
      if (place % emittedPerTurn < emittedPerTurn - 1) continue;
      await immediate();
      if (this.#inCall !== batch) return;
    }
  }

  /** The id has its result already: a repeated request is taken off, a reused id is a mistake of its sender. */
  #isAnswered({ id, entry, fields, message }: Candidate, mark: string): boolean {
    const result = parseResult(mark);
    if (result === undefined) return false;
    const { ledger, writer } = this.#context;
    const entries = ledger.entriesOf(id);
    ledger.forget(id, []);
    if (result.requestedMode === message.mode) {
      writer.remove(entries);
      return true;
    }
    writer.bury(entry, "ID_REUSED", fields);
    writer.remove(entries.filter((other) => other !== entry));
    return true;
  }

  #requestOf(
    { id, entry, message, supersededBy }: Candidate,
    serverNow: number,
    attempts: number,
  ): ModeRequest {
    const { catalogue, clock } = this.#context.bus;
    const times = { enqueuedAt: enqueuedAt(entry), serverNow, now: clock.now() };
    return requestOf(message, {
      id,
      catalogue,
      attempts,
      ...times,
      ...(supersededBy === undefined ? {} : { supersededBy }),
    });
  }
}

/** An urgent request may have replaced it since it was judged. */
function withWinner(request: ModeRequest, { supersededBy }: Candidate): ModeRequest {
  return supersededBy === undefined || request.supersededBy !== undefined
    ? request
    : { ...request, supersededBy };
}
