/**
 * Whether another manager holds the lease: asked by one that stands by, before it opens the bus and touches a node.
 *
 * Two state directories do not know of each other, and of a manager that hangs the lock says only that it lives: here
 * the lease tells ("Lock and lease" of the semantics). Looks once a second, while standing by only.
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { ModeshiftError } from "../errors.ts";
import type { RivalWait, RivalWatch } from "./bus.ts";
import { holderOf, isDead } from "./lease-holder.ts";
import type { RedisEndpoint } from "./redis-connection.ts";
import type { RedisKeys } from "./redis-keys.ts";

/** What is on the server. */
interface Sight {
  /** The token of who holds the lease; null: nobody. */
  readonly held: string | null;
  /** The last holder; "" when it gave the lease back, null when the server knows of none. */
  readonly last: string | null;
}

/** A server that has not answered by then is away. */
const patienceMs = 1_000;
const lookEveryMs = 1_000;
/** The guard of a manager that has died needs a moment to end its nodes: dead is who is dead at two looks. */
const deathMs = 250;

/** The watch on one namespace's lease. */
export class RedisRivals implements RivalWatch {
  readonly #client: Redis;
  readonly #keys: RedisKeys;
  readonly #leaseMs: number;
  /** Since when nobody has held the lease, on performance.now(). */
  #freeSince: number | undefined;
  /** Who was last seen to hold it. */
  #rival: { readonly token: string; readonly place: string } | undefined;
  #looksDead = 0;

  constructor(endpoint: RedisEndpoint, keys: RedisKeys, leaseMs: number) {
    this.#client = endpoint.connect("standby", { socketTimeout: patienceMs });
    this.#client.on("error", () => undefined);
    this.#keys = keys;
    this.#leaseMs = leaseMs;
  }

  async isAbandoned(process: string): Promise<boolean> {
    const sight = await this.#look();
    return sight?.last?.startsWith(`${process}/`) === true && this.#isFreeForLong();
  }

  async untilGone({ predecessor, onStandby, signal }: RivalWait): Promise<void> {
    let told: string | undefined;
    while (!this.#isGone(await this.#look(), predecessor) && !signal.aborted) {
      const holder = holderOf(this.#rival?.token ?? "");
      if (holder !== told) onStandby(holder);
      told = holder;
      const waitMs = this.#looksDead > 0 ? deathMs : Math.min(lookEveryMs, this.#leaseMs / 10);
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
    if (signal.aborted) throw new ModeshiftError("ABORTED", "The wait for the other manager was given up.");
  }

  close(): void {
    this.#client.disconnect();
  }

  #isGone(sight: Sight | undefined, predecessor: string | undefined): boolean {
    const rival = this.#rival;
    if (rival === undefined) return true;
    if (predecessor !== undefined && holderOf(rival.token).startsWith(`${predecessor}/`)) return true;
    this.#looksDead = isDead(rival.token, rival.place) ? this.#looksDead + 1 : 0;
    if (this.#looksDead > 1) return true;
    return sight?.held === null && (sight.last === "" || this.#isFreeForLong());
  }

  /** A manager that lives takes a lost lease again long before that. */
  #isFreeForLong(): boolean {
    return this.#freeSince !== undefined && performance.now() - this.#freeSince > this.#leaseMs / 2;
  }

  /** Undefined when the server is away, or answers with an error. */
  async #look(): Promise<Sight | undefined> {
    try {
      await this.#whenReady();
      const replies = await this.#client
        .multi()
        .get(this.#keys.lease)
        .hmget(this.#keys.state, "holder", "place")
        .exec();
      const [held, state] = (replies ?? []).map(([error, value]) => {
        if (error) throw error;
        return value;
      }) as [string | null, [string | null, string | null]];
      this.#freeSince = held === null ? (this.#freeSince ?? performance.now()) : undefined;
      if (held !== null) this.#rival = { token: held, place: state[1] ?? "" };
      return { held, last: state[0] };
    } catch {
      this.#freeSince = undefined;
      return undefined;
    }
  }

  async #whenReady(): Promise<void> {
    if (this.#client.status === "ready") return;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), patienceMs);
    try {
      // Rejects on the first error: then the server is away, or does not let us in.
      await once(this.#client, "ready", { signal: limit.signal });
    } finally {
      clearTimeout(timer);
    }
  }
}
