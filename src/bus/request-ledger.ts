/**
 * Which requests the manager has got and not yet answered for good, and which stream entries hold them.
 *
 * The one place where request ids and entry ids meet: admission adds, the writer reads what a publication commits.
 * Holds I7 (an entry read twice is delivered once) and the order of "Stale requests" (which request began last).
 */

/** The request that began last: what is older and still pending was replaced by it. */
export interface BegunRequest {
  /** Its entry, or the moment of its acceptance in the form of one when it came by another door. */
  readonly entry: string;
  readonly id: string;
  readonly mode: string;
}

interface LedgerRecord {
  readonly mode: string;
  /** More than one when a client repeated itself. */
  readonly entries: Set<string>;
  /** When it was accepted, in server time. */
  acceptedAt: number;
  attempt: number;
}

/** Keeps track of the requests in the manager's hands. Ids without a record are unknown or done with. */
export class RequestLedger {
  #begun: BegunRequest | undefined;
  readonly #records = new Map<string, LedgerRecord>();
  readonly #entries = new Set<string>();

  /** The request that began last, whoever began it. */
  get begun(): BegunRequest | undefined {
    return this.#begun;
  }

  set begun(request: BegunRequest | undefined) {
    this.#begun = request;
  }

  /** How many requests are in hand. */
  get size(): number {
    return this.#records.size;
  }

  /** True when this entry belongs to a request in hand. */
  holdsEntry(entry: string): boolean {
    return this.#entries.has(entry);
  }

  /** The mode that the request in hand asks for; undefined when none of that id is. */
  modeOf(id: string): string | undefined {
    return this.#records.get(id)?.mode;
  }

  /** Takes a request in hand, or one more entry of one that is. */
  add(id: string, mode: string, entry?: string): void {
    let record = this.#records.get(id);
    if (record === undefined) {
      record = { mode, entries: new Set(), acceptedAt: 0, attempt: 0 };
      this.#records.set(id, record);
    }
    if (entry === undefined) return;
    record.entries.add(entry);
    this.#entries.add(entry);
  }

  /** Notes the acceptance of a request, which may have come by another door. `at`: server time, ms. */
  accept(id: string, mode: string, at: number): void {
    this.add(id, mode);
    const record = this.#records.get(id);
    if (record !== undefined) record.acceptedAt = at;
  }

  /** Notes that a request begins. Returns its mark for `result:<id>`, or undefined when it is in no stream. */
  begin(id: string, attempt: number): string | undefined {
    const record = this.#records.get(id);
    if (record === undefined) return undefined;
    record.attempt = attempt;
    const [entry] = record.entries;
    // The highest sequence number of its millisecond: everything enqueued up to its acceptance is older.
    this.#begun = {
      entry: entry ?? `${record.acceptedAt}-${Number.MAX_SAFE_INTEGER}`,
      id,
      mode: record.mode,
    };
    return entry === undefined ? undefined : `running:${attempt}:${entry}`;
  }

  /** The mark of a request that was begun and is not answered, for writing it anew. */
  markOf(id: string): string | undefined {
    const record = this.#records.get(id);
    const [entry] = record?.entries ?? [];
    return record === undefined || entry === undefined || record.attempt === 0
      ? undefined
      : `running:${record.attempt}:${entry}`;
  }

  /** The entries that the request's result commits. The request stays in hand until {@link forget}. */
  entriesOf(id: string): readonly string[] {
    return [...(this.#records.get(id)?.entries ?? [])];
  }

  /** Its result is written. Returns entries that came after `committed` was listed: they are duplicates to be removed. */
  forget(id: string, committed: readonly string[]): readonly string[] {
    const known = new Set(committed);
    const entries = this.entriesOf(id);
    const late = entries.filter((entry) => !known.has(entry));
    for (const entry of entries) this.#entries.delete(entry);
    this.#records.delete(id);
    return late;
  }
}

/** Orders entry ids (`<ms>-<number>`) by age; the numbers may exceed what a double holds. */
export function compareEntries(one: string, other: string): number {
  const [ms = 0n, number = 0n] = partsOf(one);
  const [otherMs = 0n, otherNumber = 0n] = partsOf(other);
  if (ms !== otherMs) return ms < otherMs ? -1 : 1;
  if (number !== otherNumber) return number < otherNumber ? -1 : 1;
  return 0;
}

function partsOf(entry: string): bigint[] {
  return entry.split("-").map((part) => BigInt(/^\d+$/.test(part) ? part : 0));
}

/** Whether a text has the form of an entry id. */
export function isEntry(text: string): boolean {
  return /^\d+-\d+$/.test(text);
}

/** When an entry was enqueued, ms since the Unix epoch on the server's clock. */
export function enqueuedAt(entry: string): number {
  return Number(entry.split("-", 1)[0]);
}
