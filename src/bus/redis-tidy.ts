/**
 * Keeps the request stream readable, whatever was added to it by hand or by a hostile client (I13).
 *
 * A server does not send a subscriber more than 32 MiB in one piece but shuts the connection; and entries that say they
 * are from the future would never grow stale, and let no others in. What comes of the latter is redis-admission.ts's.
 */
import type { Redis } from "ioredis";
import type { StreamEntry } from "./redis-admission.ts";
import { consumerGroup, type RedisKeys } from "./redis-keys.ts";
import { runScript, tidyRequests } from "./redis-scripts.ts";
import { maxRequestBytes } from "./request-message.ts";

/** More than a clock that is being set may differ by, less than anybody could call stale, ms. */
export const futureToleranceMs = 10_000;

const entriesPerCall = 256;

/** What tidying works with. */
export interface TidyContext {
  readonly client: Redis;
  readonly keys: RedisKeys;
  readonly token: string;
  readonly log: (message: string) => void;
}

/** Looks at every entry from `start` on. Returns those from the future, which are not in the stream any more. */
export async function tidyStream(
  { client, keys, token, log }: TidyContext,
  start: string,
): Promise<readonly StreamEntry[]> {
  const taken: StreamEntry[] = [];
  for (let from = start; from !== "";) {
    const args = [token, consumerGroup, from, entriesPerCall, futureToleranceMs, maxRequestBytes];
    const reply = await runScript(client, tidyRequests, [keys.lease, keys.requests, keys.deadLetter], args);
    const [now, next, future] = reply as [number, string, [string, string[]][]];
    for (const [original, fields] of future) taken.push({ entry: `${now}-0`, fields, original });
    from = next;
  }
  if (taken.length > 0) {
    log(`The request stream had ${taken.length} entries from the future: taken off, its ids are set back.`);
  }
  return taken;
}
