/**
 * The requests a client waits for: enqueued, looked after, and answered once.
 *
 * Plain XADD, GET and XRANGE only, so that a requester needs no right that could forge an answer. The answer comes by
 * the event stream; a look every second finds what the stream no longer had, and enqueues again what is gone.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Command, type Redis } from "ioredis";
import { messageOf, ModeshiftError } from "../errors.ts";
import type { TransitionResult } from "../modes/result.ts";
import type { ManagerEvent } from "./event.ts";
import { parseResult } from "./messages.ts";
import type { FeedListener, RedisFeed } from "./redis-feed.ts";
import type { RedisKeys } from "./redis-keys.ts";
import {
  aborted,
  assertForm,
  fieldsFor,
  managerNotFound,
  refused,
  reused,
  timedOut,
  unreachable,
  type OutgoingRequest,
  type RequestModeOptions,
} from "./redis-request-form.ts";
import { redisCode } from "./redis-trouble.ts";
import { withoutCredentials } from "./redis-url.ts";

/** What requests work with. */
export interface RequestsContext {
  readonly client: Redis;
  readonly keys: RedisKeys;
  readonly namespace: string;
  readonly server: string;
  readonly openFeed: (listener: FeedListener) => RedisFeed;
}

interface Pending extends OutgoingRequest {
  entry: string | undefined;
  /** When a lease was last missed, on performance.now(); 0: it is there. */
  missedSince: number;
  trouble: string;
  isLooking: boolean;
  endOfWait: NodeJS.Timeout | undefined;
  nextLook: NodeJS.Timeout | undefined;
  /** The first time counts. */
  readonly settle: (answer: TransitionResult | Error) => void;
}

const lookEveryMs = 1_000;
const defaultTimeoutMs = 120_000;
// Before a request is enqueued nobody is harmed by giving up early; afterwards a successor may still be starting.
const patienceBeforeMs = 2_000;
const patienceAfterMs = 15_000;

/** Refusals that will not pass by themselves. */
const refusals = ["NOPERM", "NOAUTH", "WRONGPASS", "WRONGTYPE", "ERR"];

/** All requests of one client. */
export class PendingRequests {
  readonly #context: RequestsContext;
  readonly #pending = new Map<string, Set<Pending>>();
  #feed: RedisFeed | undefined;
  #hears = false;
  #hasSentInTurn = false;
  /** The last proof that a manager is there, on performance.now(). */
  #managerSeenAt = Number.NEGATIVE_INFINITY;

  constructor(context: RequestsContext) {
    this.#context = context;
    context.client.on("ready", () => {
      for (const pending of this.#all()) void this.#look(pending);
    });
  }

  /** @throws see ModeClient.requestMode. */
  send(mode: string, options: RequestModeOptions): Promise<TransitionResult> {
    const id = options.id ?? randomUUID();
    const request = { id, mode, options, began: performance.now() };
    assertForm(fieldsFor(request, false));
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        ...request,
        ...{ entry: undefined, missedSince: 0, trouble: "", isLooking: false },
        ...{ endOfWait: undefined, nextLook: undefined },
        settle: (answer) => {
          if (!this.#forget(pending)) return;
          options.signal?.removeEventListener("abort", onAbort);
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        },
      };
      const onAbort = (): void =>
        pending.settle(aborted(id, pending.isLooking || pending.entry !== undefined));
      const same = this.#pending.get(id) ?? new Set();
      this.#pending.set(id, same.add(pending));
      const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
      pending.endOfWait = setTimeout(() => pending.settle(this.#tooLate(pending, timeoutMs)), timeoutMs);
      options.signal?.addEventListener("abort", onAbort);
      if (options.signal?.aborted === true) onAbort();
      else void this.#look(pending);
    });
  }

  close(): void {
    const closed = new ModeshiftError(
      "CLOSED",
      "The client was closed while it waited: the request goes on without it.",
    );
    for (const pending of this.#all()) pending.settle(closed);
    this.#feed?.close();
  }

  #all(): Pending[] {
    return [...this.#pending.values()].flatMap((same) => [...same]);
  }

  /** False when it was settled before. */
  #forget(pending: Pending): boolean {
    const same = this.#pending.get(pending.id);
    if (same?.delete(pending) !== true) return false;
    if (same.size === 0) this.#pending.delete(pending.id);
    clearTimeout(pending.endOfWait);
    clearTimeout(pending.nextLook);
    return true;
  }

  /** Of others' requests only that somebody is there to answer them. */
  #isWorthReading(id: string, type: string): boolean {
    this.#managerSeenAt = performance.now();
    const same = this.#pending.get(id);
    if (same === undefined || type === "result") return same !== undefined;
    return [...same].some(({ options }) => options.onEvent !== undefined);
  }

  #hear(event: ManagerEvent): void {
    for (const pending of [...(this.#pending.get(event.id) ?? [])]) {
      pending.options.onEvent?.(event);
      if (event.type === "result") pending.settle(event.data);
    }
  }

  /** Does what is to be done for a request at this moment, and comes back after a while. */
  async #look(pending: Pending): Promise<void> {
    if (pending.isLooking || this.#context.client.status !== "ready") return;
    pending.isLooking = true;
    try {
      if (!this.#hears) await this.#startHearing();
      await this.#step(pending);
      pending.trouble = "";
    } catch (error) {
      pending.trouble = withoutCredentials(messageOf(error));
      if (refusals.includes(redisCode(error))) pending.settle(refused(pending.trouble, this.#context.server));
    } finally {
      pending.isLooking = false;
    }
    if (this.#pending.get(pending.id)?.has(pending) !== true) return;
    const isWaitingToSend = pending.entry === undefined && pending.missedSince > 0;
    clearTimeout(pending.nextLook);
    const waitMs = isWaitingToSend ? lookEveryMs / 10 : lookEveryMs;
    pending.nextLook = setTimeout(() => void this.#look(pending), waitMs);
  }

  /** Answers that are missed because the feed cannot start are found by looking: it is not waited for for long. */
  async #startHearing(): Promise<void> {
    this.#feed ??= this.#context.openFeed({
      wants: (id, type) => this.#isWorthReading(id, type),
      onEvent: (event) => this.#hear(event),
    });
    const started = this.#feed.start().then(() => {
      this.#hears = true;
    });
    await Promise.race([started, sleep(lookEveryMs)]);
  }

  async #step(pending: Pending): Promise<void> {
    const { client, keys } = this.#context;
    const { id, entry, options } = pending;
    if (entry !== undefined || options.id !== undefined) {
      // First the entry, then the answer: the two change places in one step.
      const isThere = entry !== undefined && (await client.xrange(keys.requests, entry, entry)).length > 0;
      const result = parseResult((await client.get(keys.result(id))) ?? "");
      if (result !== undefined) pending.settle(result.requestedMode === pending.mode ? result : reused(id));
      if (result !== undefined) return;
      if (isThere) {
        await this.#missesManager(pending);
        return;
      }
    }
    if (await this.#missesManager(pending)) return;
    pending.entry = await this.#enqueue(fieldsFor(pending, entry !== undefined));
  }

  /** The first of a turn goes at once, past ioredis's pipeline, which gathers the others until the turn's end. */
  async #enqueue(fields: readonly string[]): Promise<string> {
    const { client, keys } = this.#context;
    if (this.#hasSentInTurn) return (await client.xadd(keys.requests, "*", ...fields)) ?? "";
    this.#hasSentInTurn = true;
    setImmediate(() => {
      this.#hasSentInTurn = false;
    });
    const xadd = new Command("xadd", [keys.requests, "*", ...fields], { replyEncoding: "utf8" });
    return (await client.sendCommand(xadd)) as string;
  }

  /** True when nobody would read a request now. Gives the request up when that has lasted. */
  async #missesManager(pending: Pending): Promise<boolean> {
    const now = performance.now();
    if (now - this.#managerSeenAt < lookEveryMs) return false;
    if ((await this.#context.client.get(this.#context.keys.lease)) !== null) {
      this.#managerSeenAt = now;
      pending.missedSince = 0;
      return false;
    }
    if (pending.missedSince === 0) pending.missedSince = now;
    const patience = pending.entry === undefined ? patienceBeforeMs : patienceAfterMs;
    if (now - pending.missedSince >= patience) pending.settle(this.#notFound(pending));
    return true;
  }

  #tooLate(pending: Pending, timeoutMs: number): Error {
    const { client, server } = this.#context;
    if (client.status !== "ready") return unreachable(server, timeoutMs);
    return pending.missedSince > 0 ? this.#notFound(pending) : timedOut(pending, timeoutMs, pending.trouble);
  }

  #notFound({ entry }: Pending): Error {
    return managerNotFound(this.#context.namespace, this.#context.server, entry !== undefined);
  }
}
