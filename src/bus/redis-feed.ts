/**
 * Follows the `events` stream from a place in it: the client's ear.
 *
 * One connection that blocks on the stream and nothing else. A lost connection costs nothing: the stream is read on
 * from the last entry. What was trimmed meanwhile shows as a hole in `seq`, which is the listener's to see (I16).
 */
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { ManagerEvent } from "./event.ts";
import { parseEvent } from "./messages.ts";
import type { RedisEndpoint } from "./redis-connection.ts";
import { whenReady } from "./redis-reader.ts";
import { backoffMs } from "./redis-trouble.ts";
import { fieldsOf } from "./stream-fields.ts";

const blockMs = 5_000;
const eventsPerRead = 256;

type Reply = readonly [string, readonly [string, readonly string[]][]][] | null;

/** What hears the events. */
export interface FeedListener {
  /** Whether an event of this request is worth being read. Absent: every one. */
  readonly wants?: (id: string, type: string) => boolean;
  /** `entry`: the event's place in the stream. */
  readonly onEvent: (event: ManagerEvent, entry: string) => void;
  /** A read has failed; it is tried again. */
  readonly onTrouble?: (error: unknown) => void;
}

/** A feed that is being read. */
export class RedisFeed {
  readonly #client: Redis;
  readonly #stream: string;
  readonly #listener: FeedListener;
  readonly #closing = new AbortController();
  #last: string | undefined;
  #starting: Promise<void> | undefined;

  constructor(endpoint: RedisEndpoint, stream: string, listener: FeedListener) {
    this.#client = endpoint.connect("feed", { socketTimeout: blockMs + 1_000 });
    this.#client.on("error", (error) => listener.onTrouble?.(error));
    this.#stream = stream;
    this.#listener = listener;
  }

  /** Reads everything after an entry, or from now on. Resolves when what comes from here on will be heard. */
  start(after?: string): Promise<void> {
    if (this.#starting === undefined) {
      this.#last = after;
      this.#starting = this.#begin();
    }
    return this.#starting;
  }

  close(): void {
    this.#closing.abort();
    this.#client.disconnect();
  }

  async #begin(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (this.#last === undefined && !signal.aborted) {
      try {
        await whenReady(this.#client, signal);
        const [newest] = await this.#client.xrevrange(this.#stream, "+", "-", "COUNT", 1);
        this.#last = newest?.[0] ?? "0-0";
      } catch (error) {
        await this.#pause(error, failures);
        failures += 1;
      }
    }
    void this.#follow();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await whenReady(this.#client, signal);
        const args = ["COUNT", eventsPerRead, "BLOCK", blockMs, "STREAMS", this.#stream, this.#last ?? "0-0"];
        const reply = (await this.#client.call("xread", ...args)) as Reply;
        failures = 0;
        this.#tell(reply?.[0]?.[1] ?? []);
        // Whoever was answered and asks again goes first.
        await immediate();
      } catch (error) {
        await this.#pause(error, failures);
        failures += 1;
      }
    }
  }

  #tell(entries: readonly (readonly [string, readonly string[]])[]): void {
    for (const [entry, texts] of entries) {
      this.#last = entry;
      const fields = fieldsOf(texts);
      if (this.#listener.wants?.(fields.get("id") ?? "", fields.get("type") ?? "") === false) continue;
      const event = parseEvent(fields);
      if (event !== undefined) this.#listener.onEvent(event, entry);
    }
  }

  async #pause(error: unknown, failures: number): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    this.#listener.onTrouble?.(error);
    try {
      await sleep(backoffMs(failures), undefined, { signal });
    } catch {
      // Closed: whoever paused looks for that.
    }
  }
}
