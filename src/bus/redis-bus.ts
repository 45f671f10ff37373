/**
 * The bus on Redis: wires connections, lease, reader and writer to the port of bus.ts.
 *
 * Two connections per manager: one for scripts, one that blocks on the request stream. Reading begins with the
 * subscription to `requests$`, writing with `open`. Keys, messages and scripts are in docs/reference/bus-protocol.md.
 */
import type { Redis } from "ioredis";
import { BehaviorSubject, distinctUntilChanged, Observable } from "rxjs";
import { ModeshiftError } from "../errors.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { Bus, BusContext, BusHealth, Publication, RivalWatch } from "./bus.ts";
import { RedisAdmission } from "./redis-admission.ts";
import { redisEndpoint, type RedisAccess, type RedisEndpoint } from "./redis-connection.ts";
import { redisKeys, type RedisKeys } from "./redis-keys.ts";
import { RedisLease } from "./redis-lease.ts";
import { openPublishDoor } from "./redis-publish-door.ts";
import { readRequests } from "./redis-reader.ts";
import { RedisRivals } from "./redis-rivals.ts";
import { acceptRequests, runScript } from "./redis-scripts.ts";
import { RedisSession } from "./redis-session.ts";
import { tidyStream } from "./redis-tidy.ts";
import { healthOfError, isFenced, isGroupLost } from "./redis-trouble.ts";
import { RedisWriter } from "./redis-writer.ts";
import { RequestLedger } from "./request-ledger.ts";

/** How a manager is connected to Redis. */
export interface RedisBusOptions extends RedisAccess {
  readonly namespace: string;
  /** How long the lease lives without being renewed, ms. @defaultValue 10000 */
  readonly leaseMs?: number;
  /** How long one blocking read lasts, ms: also how long a dead link may go unnoticed. At most half a lease. @defaultValue 5000 */
  readonly blockMs?: number;
  /** About how many events the stream keeps. @defaultValue 1000 */
  readonly eventsKept?: number;
  /** How long results are kept, ms. @defaultValue 600000 */
  readonly resultTtlMs?: number;
  /** Whether a lapsed lease of another machine's manager may be taken: its nodes may still run there. @defaultValue "same-machine" */
  readonly takeOver?: "same-machine" | "any-machine";
}

const defaultLeaseMs = 10_000;

/**
 * A bus on a Redis server (7.0 or newer). Nothing is connected before the manager opens it.
 *
 * @throws BAD_OPTION when the namespace or the URL has no acceptable form.
 */
export function redisBus(options: RedisBusOptions): Bus {
  return new RedisBus(options);
}

class RedisBus implements Bus {
  readonly health$: Observable<BusHealth>;
  readonly requests$: Observable<ModeRequest>;
  readonly #options: RedisBusOptions;
  readonly #keys: RedisKeys;
  readonly #endpoint: RedisEndpoint;
  readonly #health = new BehaviorSubject<BusHealth>({ status: "connecting" });
  readonly #ledger = new RequestLedger();
  #sessionHealth: BusHealth = { status: "connecting" };
  #readerTrouble: BusHealth | undefined;
  #parts:
    | { client: Redis; session: RedisSession; writer: RedisWriter; lease: RedisLease; bus: BusContext }
    | undefined;
  #reader: Redis | undefined;
  #endReading: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RedisBusOptions) {
    this.#options = options;
    this.#keys = redisKeys(options.namespace);
    this.#endpoint = redisEndpoint(options, options.namespace);
    this.health$ = this.#health.pipe(distinctUntilChanged(isSameHealth));
    this.requests$ = new Observable((subscriber) => this.#read(subscriber));
  }

  rivals(): RivalWatch {
    return new RedisRivals(this.#endpoint, this.#keys, this.#options.leaseMs ?? defaultLeaseMs);
  }

  open(bus: BusContext): void {
    if (this.#parts !== undefined) {
      throw new ModeshiftError("BAD_OPTION", "This bus is already open: give every manager its own bus.");
    }
    const { leaseMs = defaultLeaseMs, eventsKept = 1_000, resultTtlMs = 600_000, takeOver } = this.#options;
    const client = this.#endpoint.connect("manager");
    const fromAnyMachine = takeOver === "any-machine";
    const lease = new RedisLease(this.#keys, {
      holder: bus.holder,
      epoch: bus.epoch,
      leaseMs,
      fromAnyMachine,
    });
    const ledger = this.#ledger;
    const writer: RedisWriter = new RedisWriter({
      ...{ bus, client, ledger, keys: this.#keys, token: lease.token, eventsKept, resultTtlMs },
      onFailure: (error) => session.lose(error),
    });
    const session: RedisSession = new RedisSession({
      ...{ bus, client, lease, leaseMs, writer, ledger, server: this.#endpoint.description },
      onHealth: (health) => this.#tell(health, this.#readerTrouble),
      onLost: () => this.#reader?.disconnect(true),
    });
    this.#parts = { client, session, writer, lease, bus };
    void session.run();
  }

  publish(publication: Publication): void {
    if (this.#closing === undefined) this.#parts?.writer.publish(publication);
  }

  close({ timeoutMs = 1_000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#endReading?.();
    const parts = this.#parts;
    if (parts !== undefined) {
      const { client, session, writer, lease } = parts;
      await within(timeoutMs, async () => {
        await writer.drained();
        if (client.status === "ready") await lease.release(client);
      });
      session.close();
      client.disconnect();
    }
    this.#health.complete();
  }

  #read(subscriber: { next(request: ModeRequest): void; complete(): void }): () => void {
    const parts = this.#parts;
    if (parts === undefined) {
      throw new ModeshiftError("NOT_STARTED", "Open the bus before you read its requests.");
    }
    const { client, session, writer, lease, bus } = parts;
    const { leaseMs = defaultLeaseMs } = this.#options;
    // A manager that freezes while it reads must not be handed a request after its lease has lapsed.
    const blockMs = Math.min(this.#options.blockMs ?? 5_000, leaseMs / 2);
    const stop = new AbortController();
    const reader = this.#endpoint.connect("reader", { socketTimeout: blockMs + 1_000 });
    this.#reader = reader;
    reader.on("error", (error) =>
      this.#tell(this.#sessionHealth, healthOfError(error, this.#endpoint.description)),
    );
    reader.on("ready", () => this.#tell(this.#sessionHealth, undefined));
    const admission = new RedisAdmission({
      ...{ bus, writer, ledger: this.#ledger },
      accept: (requests) => this.#accept(client, lease.token, requests),
      emit: (request) => subscriber.next(request),
      onFailure: (error) => session.lose(error),
    });
    const shutDoor = openPublishDoor({
      ...{ bus, reader, client, writer, keys: this.#keys, token: lease.token },
      isLeaseValid: () => lease.isValid,
    });
    const tidying = {
      ...{ client, keys: this.#keys, token: lease.token },
      log: (message: string) => bus.log("warn", message),
    };
    const reading = readRequests({
      ...{ admission, blockMs, client: reader, stream: this.#keys.requests, signal: stop.signal },
      online: (signal) => session.online(signal),
      onTrouble: (error) => this.#readerFailed(error, session),
      tidy: (start) => tidyStream(tidying, start),
      serverNow: () => writer.serverNow,
    });
    void reading;
    this.#endReading = () => subscriber.complete();
    return () => {
      stop.abort();
      shutDoor();
      admission.reset();
      reader.disconnect();
    };
  }

  #readerFailed(error: unknown, session: RedisSession): void {
    const trouble =
      error === undefined || isFenced(error) ? undefined : healthOfError(error, this.#endpoint.description);
    if (isGroupLost(error) || isFenced(error)) void session.check();
    else this.#tell(this.#sessionHealth, trouble);
  }

  async #accept(
    client: Redis,
    token: string,
    requests: readonly { id: string; entry: string }[],
  ): Promise<unknown[]> {
    const { resultTtlMs = 600_000 } = this.#options;
    const keys = requests.map(({ id }) => this.#keys.result(id));
    const args = [token, resultTtlMs, ...requests.map(({ entry }) => entry)];
    return (await runScript(client, acceptRequests, [this.#keys.lease, ...keys], args)) as unknown[];
  }

  #tell(session: BusHealth, trouble: BusHealth | undefined): void {
    this.#sessionHealth = session;
    this.#readerTrouble = trouble;
    const health = session.status === "connected" ? (trouble ?? session) : session;
    if (isSameHealth(this.#health.value, health) || this.#closing !== undefined) return;
    this.#health.next(health);
    const level = health.status === "connected" ? "info" : "warn";
    this.#parts?.bus.log(level, health.reason ?? `Connected to Redis at ${this.#endpoint.description}.`);
  }
}

function isSameHealth(one: BusHealth, other: BusHealth): boolean {
  return one.status === other.status && one.reason === other.reason && one.holder === other.holder;
}

/** Ends with the work or when the time is up, whichever is first; a failure of the work is no matter then. */
async function within(timeoutMs: number, work: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work().catch(() => {}), late]);
  clearTimeout(timer);
}
