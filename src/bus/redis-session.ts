/**
 * One manager's time on the server: connection, lease, bringing the server up to date; and again after every loss.
 *
 * Tells the reader and the writer when they may work. A tenure begins when the lease is ours and the server is up to
 * date, and ends with the first failure of whatever kind: all kinds are mended the same way. Never a busy loop.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { messageOf } from "../errors.ts";
import type { BusContext, BusHealth } from "./bus.ts";
import type { UnnumberedEvent } from "./event.ts";
import type { RedisLease } from "./redis-lease.ts";
import { whenReady } from "./redis-reader.ts";
import { backoffMs, connectionLost, healthOfError, isFenced } from "./redis-trouble.ts";
import type { RedisWriter } from "./redis-writer.ts";
import type { RequestLedger } from "./request-ledger.ts";

/** What a session works with. */
export interface SessionContext {
  readonly bus: BusContext;
  readonly client: Redis;
  readonly server: string;
  readonly lease: RedisLease;
  readonly leaseMs: number;
  readonly writer: RedisWriter;
  readonly ledger: RequestLedger;
  readonly onHealth: (health: BusHealth) => void;
  /** A tenure has ended: what is blocked on the server must be woken. */
  readonly onLost: () => void;
}

// A tenure shorter than this counts as one more failure, so that what fails at once is not tried at once.
const goodTenureMs = 2_000;

/** Keeps a manager connected until it is closed. */
export class RedisSession {
  readonly #context: SessionContext;
  readonly #closing = new AbortController();
  #tenure = 0;
  #isOnline = false;
  #end: ((reason: Error) => void) | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(context: SessionContext) {
    this.#context = context;
    context.client.on("error", (error) => {
      if (!this.#isOnline) context.onHealth(healthOfError(error, context.server));
    });
    context.client.on("close", () => this.lose(new Error(connectionLost)));
  }

  /** Works until {@link close}. */
  async run(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await whenReady(this.#context.client, signal);
        if (!(await this.#begin())) {
          await sleep(Math.min(1_000, this.#context.leaseMs / 10), undefined, { signal });
          continue;
        }
        const began = performance.now();
        const reason = await this.#untilLost();
        if (performance.now() - began > goodTenureMs) failures = 0;
        throw reason;
      } catch (error) {
        if (signal.aborted) return;
        if (!isFenced(error)) this.#context.onHealth(healthOfError(error, this.#context.server));
        await sleep(failures === 0 ? 0 : backoffMs(failures), undefined, { signal }).catch(() => {});
        failures += 1;
      }
    }
  }

  /** Resolves with the number of the tenure when one is under way. @throws when the signal aborts. */
  async online(signal: AbortSignal): Promise<number> {
    while (!this.#isOnline) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener("abort", wake);
          resolve();
        };
        signal.addEventListener("abort", wake);
        this.#waiting.push(wake);
      });
    }
    return this.#tenure;
  }

  /** Ends the tenure: something has failed. */
  lose(error: unknown): void {
    this.#end?.(error instanceof Error ? error : new Error(messageOf(error)));
  }

  /** Asks whether the lease is still ours, which a lost group makes doubtful. */
  async check(): Promise<void> {
    if (!this.#isOnline) return;
    try {
      if (await this.#context.lease.renew(this.#context.client)) return;
      this.lose(new Error("FENCED the lease is not ours any more"));
    } catch (error) {
      this.lose(error);
    }
  }

  /** Ends for good. The lease is given back by the caller, when all is written. */
  close(): void {
    this.#closing.abort();
    this.#end?.(new Error("closed"));
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #begin(): Promise<boolean> {
    const { lease, client, writer, ledger, onHealth, bus } = this.#context;
    const answer = await lease.acquire(client);
    if (!answer.isOurs) {
      onHealth({
        status: "standby",
        holder: answer.holder,
        reason: standbyReason(answer.holder, answer.isElsewhere),
      });
      return false;
    }
    // Whoever held the lease in between may have begun something after us.
    if (answer.begun !== undefined && answer.before !== bus.holder) ledger.begun = answer.begun;
    writer.serverNow = answer.serverNow;
    const isTakeover = answer.before !== "" && answer.before !== bus.holder;
    await writer.sync(isTakeover ? [takeover(bus)] : []);
    this.#tenure += 1;
    this.#isOnline = true;
    onHealth({ status: "connected" });
    for (const wake of this.#waiting.splice(0)) wake();
    return true;
  }

  /** Resolves with what ended the tenure. */
  async #untilLost(): Promise<Error> {
    const timer = setInterval(() => void this.check(), this.#context.leaseMs / 3);
    const reason = await new Promise<Error>((resolve) => {
      this.#end = resolve;
      // It may have been lost between the last reply and now.
      if (this.#context.client.status !== "ready") resolve(new Error(connectionLost));
    });
    clearInterval(timer);
    this.#end = undefined;
    this.#isOnline = false;
    this.#context.writer.suspend();
    this.#context.onLost();
    return reason;
  }
}

function takeover({ holder, epoch }: BusContext): UnnumberedEvent {
  return { type: "manager", id: "", at: Date.now(), data: { what: "takeover", holder, epoch } };
}

function standbyReason(holder: string, isElsewhere: boolean): string {
  if (!isElsewhere) return `The lease is held by ${holder}; waiting for it.`;
  return (
    `The lease has lapsed, but ${holder} on another machine held it last and its nodes may still run there. ` +
    "Start the manager there; or see that it is gone, and say so (docs/how-to/recover.md, or takeOver: 'any-machine')."
  );
}
