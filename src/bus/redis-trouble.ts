/**
 * What an error of the server or the connection means: how it is told to people, and how soon to try again.
 *
 * The texts are those of Redis 7 through ioredis 6; an unknown one is shown as it is, and tried again slowly.
 */
import { messageOf } from "../errors.ts";
import type { BusHealth } from "./bus.ts";
import { withoutCredentials } from "./redis-url.ts";

/** The first word of a server's error (`WRONGTYPE`), or "" for one of the connection. */
export function redisCode(error: unknown): string {
  return /^(?:ERR|OOM|[A-Z]{4,})\b/.exec(messageOf(error))?.[0] ?? "";
}

/** The group or its stream has vanished, and with it perhaps the whole database. */
export function isGroupLost(error: unknown): boolean {
  return ["NOGROUP", "UNBLOCKED"].includes(redisCode(error));
}

/** Another manager holds the lease, or nobody does. */
export function isFenced(error: unknown): boolean {
  return redisCode(error) === "FENCED";
}

const remedies: Readonly<Record<string, string>> = {
  WRONGPASS: "it refuses the user name or password: correct the URL",
  NOAUTH: "it asks for a password: put it into the URL or a file",
  NOPERM: "this user lacks a permission: compare with docs/reference/redis-users.acl",
  WRONGTYPE: "a key of this namespace holds another type of value: delete it",
  READONLY: "it is a read-only replica: connect to the primary",
  OOM: "it is out of memory: raise maxmemory or free some",
  LOADING: "it is loading its data",
  MASTERDOWN: "it is a replica that has lost its primary",
  CLUSTERDOWN: "its cluster is down",
  NOREPLICAS: "it has too few replicas to accept writes",
  MISCONF: "it cannot save to disk and refuses writes",
  BUSY: "it is busy with a script: SCRIPT KILL ends it",
};

/** What there is to say when the link has gone, in place of ioredis's advice to whoever calls it. */
export const connectionLost = "the connection was lost";
const lost = /max retries per request|^Stream isn't writeable/;

/** What kind of trouble it is, as the bus's health. */
export function healthOfError(error: unknown, server: string): BusHealth {
  const code = redisCode(error);
  const message = withoutCredentials(messageOf(error));
  const text = lost.test(message) ? connectionLost : message;
  if (/compiling script|unexpected engine/i.test(text)) {
    return { status: "fault", reason: `Redis at ${server} is too old: version 7.0 or newer is needed.` };
  }
  if (code === "") {
    return { status: "connecting", reason: `No connection to Redis at ${server} (${text}); trying again.` };
  }
  return { status: "fault", reason: `Redis at ${server}: ${refusalText(error)}; trying again.` };
}

/** A server's error as a sentence's end: what it refuses and what to do, where that is known, and its own words. */
export function refusalText(error: unknown): string {
  const remedy = remedies[redisCode(error)];
  const text = withoutCredentials(messageOf(error));
  return remedy === undefined ? text : `${remedy} (${text})`;
}

/** How long to wait before trying again, ms: doubling, at most a second. */
export function backoffMs(failures: number): number {
  return Math.min(1_000, 20 * 2 ** Math.min(failures, 6));
}
