/**
 * The client: asks for modes and watches a manager over Redis, with no more rights than that takes.
 *
 * The requester owns its request until it is answered: it looks every second and enqueues again, with the same id,
 * what has vanished from the stream; the manager's dedupe makes repeating harmless (I7). It never acts on a mode.
 */
import type { Observable } from "rxjs";
import type { Redis } from "ioredis";
import { ModeshiftError, messageOf } from "../errors.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import type { TransitionResult } from "../modes/result.ts";
import type { ManagerState } from "./bus.ts";
import type { ManagerEvent } from "./event.ts";
import { parseEvent, parseResult } from "./messages.ts";
import { redisEndpoint, type RedisAccess, type RedisEndpoint } from "./redis-connection.ts";
import { RedisFeed } from "./redis-feed.ts";
import { redisKeys, type RedisKeys } from "./redis-keys.ts";
import { redisCode, refusalText } from "./redis-trouble.ts";
import { whenReady } from "./redis-reader.ts";
import type { RequestModeOptions } from "./redis-request-form.ts";
import { PendingRequests } from "./redis-requests.ts";
import { readSnapshot } from "./redis-snapshot.ts";
import { parseSummary } from "./state-message.ts";
import { fieldsOf } from "./stream-fields.ts";
import { withoutCredentials } from "./redis-url.ts";
import { watchEvents, type WatchUpdate } from "./redis-watch.ts";

/** Where the manager is. */
export interface ModeClientOptions extends RedisAccess {
  readonly namespace: string;
  /** How long a question waits for the server before it rejects BUS_UNAVAILABLE, ms. @defaultValue 5000 */
  readonly connectTimeoutMs?: number;
}

/** A client of one namespace. Every method rejects CLOSED after `close`. */
export interface ModeClient {
  /**
   * Asks for a mode and waits for the answer. A refusal is an answer: `outcome` is `rejected`, with a reason.
   *
   * @throws BAD_OPTION when the request has no acceptable form; MANAGER_NOT_FOUND when nobody would read it;
   * TIMED_OUT when the time is up, though it may still be executed; ABORTED by the signal, likewise; BUS_UNAVAILABLE
   * without a connection; BUS_REFUSED when the server refuses it (no permission, no memory).
   */
  requestMode(mode: string, options?: RequestModeOptions): Promise<TransitionResult>;
  /** The whole state now; undefined when no manager has ever been here. `bus.status` is `fault` when none is now. */
  state(): Promise<ManagerState | undefined>;
  /** The modes and nodes of the manager, without commands; undefined when no manager has ever been here. */
  catalogue(): Promise<Catalogue | undefined>;
  /** The answer to a request; undefined while there is none, or no longer (ten minutes). */
  result(id: string): Promise<TransitionResult | undefined>;
  /** The last events, oldest first. */
  history(count: number): Promise<readonly ManagerEvent[]>;
  /**
   * The whole state, then every later event, without a gap; after a hole (events trimmed, server emptied) or a new
   * manager the whole state again (I16). Cold: every subscription has its own connection. Never errors.
   */
  watch(): Observable<WatchUpdate>;
  close(): void;
}

/**
 * A client of the manager in a namespace. Connects at once and stays connected.
 *
 * @throws BAD_OPTION when the namespace or the URL has no acceptable form.
 */
export function createModeClient(options: ModeClientOptions): ModeClient {
  return new RedisModeClient(options);
}

class RedisModeClient implements ModeClient {
  readonly #namespace: string;
  readonly #keys: RedisKeys;
  readonly #endpoint: RedisEndpoint;
  readonly #client: Redis;
  readonly #connectTimeoutMs: number;
  readonly #requests: PendingRequests;
  readonly #closing = new AbortController();
  #lastError = "";

  constructor(options: ModeClientOptions) {
    this.#namespace = options.namespace;
    this.#keys = redisKeys(options.namespace);
    this.#endpoint = redisEndpoint(options, options.namespace);
    this.#connectTimeoutMs = options.connectTimeoutMs ?? 5_000;
    this.#client = this.#endpoint.connect("client", { enableAutoPipelining: true });
    this.#client.on("error", (error) => {
      this.#lastError = withoutCredentials(error.message);
    });
    this.#requests = new PendingRequests({
      client: this.#client,
      keys: this.#keys,
      namespace: options.namespace,
      server: this.#endpoint.description,
      openFeed: (listener) => new RedisFeed(this.#endpoint, this.#keys.events, listener),
    });
  }

  async requestMode(mode: string, options: RequestModeOptions = {}): Promise<TransitionResult> {
    this.#assertOpen();
    return this.#requests.send(mode, options);
  }

  async state(): Promise<ManagerState | undefined> {
    const { state } = await this.#ask((client) => readSnapshot(client, this.#keys, this.#namespace));
    return state;
  }

  async catalogue(): Promise<Catalogue | undefined> {
    const text = await this.#ask((client) => client.hget(this.#keys.state, "catalogue"));
    return parseSummary(this.#namespace, text ?? "");
  }

  async result(id: string): Promise<TransitionResult | undefined> {
    return parseResult((await this.#ask((client) => client.get(this.#keys.result(id)))) ?? "");
  }

  async history(count: number): Promise<readonly ManagerEvent[]> {
    const entries = await this.#ask((client) =>
      client.xrevrange(this.#keys.events, "+", "-", "COUNT", count),
    );
    return entries.toReversed().flatMap(([, fields]) => parseEvent(fieldsOf(fields)) ?? []);
  }

  watch(): Observable<WatchUpdate> {
    return watchEvents({
      snapshot: () => this.#ask((client) => readSnapshot(client, this.#keys, this.#namespace)),
      openFeed: (listener) => new RedisFeed(this.#endpoint, this.#keys.events, listener),
    });
  }

  close(): void {
    this.#closing.abort();
    this.#requests.close();
    this.#client.disconnect();
  }

  /** Waits for the connection, then asks. */
  async #ask<T>(question: (client: Redis) => Promise<T>): Promise<T> {
    this.#assertOpen();
    // Not AbortSignal.timeout inside AbortSignal.any: on Node 20 it is collected as garbage and never fires.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#connectTimeoutMs);
    const signal = AbortSignal.any([this.#closing.signal, limit.signal]);
    try {
      // Errors on the way are no matter: the connection is tried again until the time is up.
      while (this.#client.status !== "ready" && !signal.aborted) {
        await whenReady(this.#client, signal).catch(() => undefined);
      }
      return await question(this.#client);
    } catch (error) {
      this.#assertOpen();
      throw this.#noAnswer(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #noAnswer(error: unknown): ModeshiftError {
    const server = `Redis at ${this.#endpoint.description}`;
    const isConnected = this.#client.status === "ready";
    const why = isConnected ? messageOf(error) : this.#lastError;
    if (isConnected || redisCode(why) !== "") {
      return new ModeshiftError("BUS_REFUSED", `${server}: ${refusalText(why).replace(/\.?$/, ".")}`, {
        cause: error,
      });
    }
    const found = why === "" ? "" : ` (${withoutCredentials(why)})`;
    return new ModeshiftError(
      "BUS_UNAVAILABLE",
      `${server} does not answer as it should${found}. Check the URL, that the server runs, and that both sides mean TLS (rediss://) or neither.`,
      { cause: error },
    );
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) {
      throw new ModeshiftError("CLOSED", "The client was closed: create a new one to ask again.");
    }
  }
}
