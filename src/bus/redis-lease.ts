/**
 * The lease: which manager reads and answers on Redis. It says nothing about nodes, which belong to whoever holds the
 * lock of the state directory ("Lock and lease" of the semantics).
 *
 * Asking for it, keeping it and giving it back; what to do without it is redis-session.ts's.
 */
import type { Redis } from "ioredis";
import { holderOf, hostOf, isDead, ownPlace } from "./lease-holder.ts";
import type { RedisKeys } from "./redis-keys.ts";
import type { BegunRequest } from "./request-ledger.ts";
import { acquireLease, releaseLease, renewLease, runScript } from "./redis-scripts.ts";
import { isRecord, readJson } from "./wire-names.ts";

/** What asking for the lease came to. */
export type LeaseAnswer =
  | {
      readonly isOurs: true;
      /** Who held it before; "" when it was given back. */
      readonly before: string;
      readonly begun: BegunRequest | undefined;
      /** Server time, ms since the Unix epoch. */
      readonly serverNow: number;
    }
  | {
      readonly isOurs: false;
      readonly holder: string;
      /** It has lapsed, but its last holder runs on another machine: that robot's nodes may still run there. */
      readonly isElsewhere: boolean;
    };

/** How a lease is held. */
export interface LeaseOptions {
  readonly holder: string;
  readonly epoch: number;
  readonly leaseMs: number;
  /** Take over from a manager of another machine too. */
  readonly fromAnyMachine: boolean;
}

/** The lease of one namespace, as one manager sees it. */
export class RedisLease {
  readonly token: string;
  readonly #keys: RedisKeys;
  readonly #options: LeaseOptions;
  #validUntil = 0;

  constructor(keys: RedisKeys, options: LeaseOptions) {
    this.token = `${options.epoch}:${options.holder}`;
    this.#keys = keys;
    this.#options = options;
  }

  /** Certain not to have lapsed, whatever happened to this process or the server since. */
  get isValid(): boolean {
    return performance.now() < this.#validUntil;
  }

  /** A manager of this machine that is dead is followed at once, any other when its lease has lapsed. */
  async acquire(client: Redis): Promise<LeaseAnswer> {
    const first = await this.#ask(client, "");
    const { answer, other, begun, serverNow } =
      first.answer === held && isDead(first.other, first.place)
        ? await this.#ask(client, first.other)
        : first;
    if (answer === ours) return { isOurs: true, before: other, begun: begunOf(begun), serverNow };
    const isElsewhere = answer === elsewhere;
    return { isOurs: false, holder: isElsewhere ? other : holderOf(other), isElsewhere };
  }

  /** False when somebody else holds it, or nobody. */
  async renew(client: Redis): Promise<boolean> {
    const asked = performance.now();
    const kept = await runScript(client, renewLease, [this.#keys.lease], [this.token, this.#options.leaseMs]);
    this.#validUntil = kept === 1 ? asked + this.#options.leaseMs : 0;
    return kept === 1;
  }

  /** Gives it back, so that any manager may follow at once. */
  async release(client: Redis): Promise<void> {
    this.#validUntil = 0;
    await runScript(client, releaseLease, [this.#keys.lease, this.#keys.state], [this.token]);
  }

  async #ask(client: Redis, deadToken: string): Promise<AcquireReply> {
    const { leaseMs, holder, fromAnyMachine } = this.#options;
    const asked = performance.now();
    const keys = [this.#keys.lease, this.#keys.state];
    const args = [this.token, leaseMs, hostOf(holder), ownPlace, deadToken, fromAnyMachine ? "1" : "0"];
    const reply = (await runScript(client, acquireLease, keys, args)) as [
      number,
      string,
      string,
      number,
      string,
    ];
    const [answer, other, begun, serverNow, place] = reply;
    if (answer === ours) this.#validUntil = asked + leaseMs;
    return { answer, other, begun, serverNow, place };
  }
}

/** What the script answers: see there. */
const ours = 1;
const held = 0;
const elsewhere = -1;

interface AcquireReply {
  readonly answer: number;
  /** Ours: the last holder. Held: its token. Elsewhere: the last holder. */
  readonly other: string;
  readonly begun: string;
  readonly serverNow: number;
  readonly place: string;
}

function begunOf(text: string): BegunRequest | undefined {
  const begun = readJson(text);
  if (!isRecord(begun)) return undefined;
  const { entry, id, mode } = begun;
  if (typeof entry !== "string" || typeof id !== "string" || typeof mode !== "string") return undefined;
  return { entry, id, mode };
}
