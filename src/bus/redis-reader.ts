/**
 * Reads the request stream: everything that is there first, then entry by entry as they come.
 *
 * Its connection carries one blocking read and the PUBLISH door's subscription, nothing else. After every new
 * connection, new lease or lost group it reads the pending list before new entries: a wake-up may have died with the
 * old connection. And it looks through that list once per block: a manager that is fenced may have read one more entry
 * before it noticed, which is in nobody's hands then. Judging entries is redis-admission.ts's. Never a busy loop: every
 * failure waits before the next try.
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { RedisAdmission, StreamEntry } from "./redis-admission.ts";
import { consumerGroup, consumerName } from "./redis-keys.ts";
import { futureToleranceMs } from "./redis-tidy.ts";
import { backoffMs, isGroupLost, redisCode } from "./redis-trouble.ts";
import { enqueuedAt } from "./request-ledger.ts";

/** What the reader works with. */
export interface ReaderContext {
  /** The blocking connection. The reader does not close it. */
  readonly client: Redis;
  readonly stream: string;
  readonly admission: RedisAdmission;
  readonly blockMs: number;
  /** Resolves with the number of the present tenure when the lease is ours; a new number means: begin anew. */
  readonly online: (signal: AbortSignal) => Promise<number>;
  /** A read has failed, or (undefined) works again. */
  readonly onTrouble: (error: unknown) => void;
  /** Buries what is too large, and takes off what is from the future: see redis-tidy.ts. */
  readonly tidy: (start: string) => Promise<readonly StreamEntry[]>;
  /** Server time, ms since the Unix epoch. */
  readonly serverNow: () => number;
  readonly signal: AbortSignal;
}

const entriesPerRead = 256;
/**
 * What is wrong with an entry shows when it is read. Only an id at the end of all, trimmed away at once, shows to nobody
 * and keeps everybody from adding: for it alone the stream is tidied every so many looks, a minute by default.
 */
const looksPerTidying = 12;

type Reply = [string, [string, string[] | null][]][] | null;

/** Reads until the signal aborts. */
export async function readRequests(context: ReaderContext): Promise<void> {
  const { client, signal, admission } = context;
  let tenure = 0;
  let failures = 0;
  let mustDrain = true;
  let lookedAt = 0;
  let looks = 0;
  const onReady = (): void => {
    mustDrain = true;
  };
  client.on("ready", onReady);
  try {
    while (!signal.aborted) {
      try {
        const present = await context.online(signal);
        await whenReady(client, signal);
        if (mustDrain || present !== tenure) {
          mustDrain = false;
          tenure = present;
          admission.reset();
          await readBacklog(context);
          lookedAt = performance.now();
        } else if (admission.isIdle && performance.now() - lookedAt > context.blockMs) {
          lookedAt = performance.now();
          looks += 1;
          await lookThroughPending(context, looks % looksPerTidying === 0);
        } else await readOn(context);
        if (failures > 0) context.onTrouble(undefined);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        mustDrain = true;
        context.onTrouble(error);
        await sleep(backoffMs(isGroupLost(error) ? Math.min(failures, 1) : failures), undefined, {
          signal,
        }).catch(() => {});
        failures += 1;
      }
    }
  } finally {
    client.off("ready", onReady);
  }
}

/** The whole pending list, then every unread entry: nothing is emitted before all of it has been read. */
async function readBacklog(context: ReaderContext): Promise<void> {
  const { client, stream, admission } = context;
  await createGroup(client, stream);
  const taken = await context.tidy("-");
  const unread: StreamEntry[] = [];
  const pending = await readPending(context);
  for (let reply = await readNew(context); reply.length > 0; reply = await readNew(context)) {
    unread.push(...(await usable(context, reply)));
  }
  if (!context.signal.aborted) admission.admitBacklog(pending, [...unread, ...taken]);
}

/** Admission knows what is in hand. */
async function lookThroughPending(context: ReaderContext, tidiesToo: boolean): Promise<void> {
  const taken = tidiesToo ? await context.tidy("-") : [];
  const pending = await readPending(context);
  if (!context.signal.aborted) context.admission.admitBacklog(pending, taken);
}

async function readPending(context: ReaderContext): Promise<StreamEntry[]> {
  const pending: StreamEntry[] = [];
  for (let cursor = "0"; ;) {
    const reply = await read(context, [], cursor);
    const last = reply.at(-1)?.[0];
    if (last === undefined) return pending;
    pending.push(...(await usable(context, reply)));
    cursor = last;
  }
}

/** What comes in during one blocking read. */
async function readOn(context: ReaderContext): Promise<void> {
  const entries = await usable(context, await readNew(context, context.blockMs));
  // Nobody listens any more: they stay pending.
  if (context.signal.aborted) return;
  const admitted = context.admission.admit(entries);
  // To read on at once would make the server answer that first. With many in hand it is better to read on.
  if (entries.length === 1) await admitted;
}

function readNew(context: ReaderContext, blockMs?: number): Promise<[string, string[] | null][]> {
  return read(context, blockMs === undefined ? [] : ["BLOCK", blockMs], ">");
}

async function read(
  { client, stream }: ReaderContext,
  block: readonly (string | number)[],
  after: string,
): Promise<[string, string[] | null][]> {
  const args = [
    "GROUP",
    consumerGroup,
    consumerName,
    "COUNT",
    entriesPerRead,
    ...block,
    "STREAMS",
    stream,
    after,
  ];
  // In lower case: ioredis gives the reply its known shape by this very name.
  const reply = (await client.call("xreadgroup", ...args)) as Reply;
  return reply?.[0]?.[1] ?? [];
}

/** Leaves out what was trimmed while pending, and mends a stream whose ids somebody has moved into the future. */
async function usable(
  { client, stream, serverNow, tidy }: ReaderContext,
  entries: readonly [string, string[] | null][],
): Promise<StreamEntry[]> {
  const latest = serverNow() + futureToleranceMs;
  const [early] = entries.find(([entry]) => enqueuedAt(entry) > latest) ?? [];
  // The server is the judge: our notion of its time may be wrong.
  const kept = early === undefined ? [] : [...(await tidy(early))];
  const taken = new Set(kept.map(({ original }) => original));
  for (const [entry, fields] of entries) {
    if (fields === null) await client.xack(stream, consumerGroup, entry);
    else if (!taken.has(entry)) kept.push({ entry, fields });
  }
  return kept;
}

/** From the beginning of the stream, not from now: what was enqueued before the group existed counts. */
async function createGroup(client: Redis, stream: string): Promise<void> {
  try {
    await client.xgroup("CREATE", stream, consumerGroup, "0", "MKSTREAM");
  } catch (error) {
    if (redisCode(error) !== "BUSYGROUP") throw error;
  }
}

/** Resolves when the connection can be used. @throws when the signal aborts. */
export async function whenReady(client: Redis, signal: AbortSignal): Promise<void> {
  while (client.status !== "ready") await once(client, "ready", { signal });
}
