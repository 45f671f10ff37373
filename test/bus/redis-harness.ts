/**
 * What a client at the far end sees of a manager on Redis, read with plain commands, not with our own client.
 */
import type { Redis } from "ioredis";
import type { ManagerState } from "modeshift";
import { parseEvent, parseResult } from "../../src/bus/messages.ts";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { parseState } from "../../src/bus/state-message.ts";
import type { BusHarness } from "../../src/testing/bus-harness.ts";

/** The far end's half of a {@link BusHarness}. */
export function redisFarEnd(
  client: Redis,
  namespace: string,
): Omit<BusHarness, "bus" | "successor" | "dispose"> {
  const keys = redisKeys(namespace);
  return {
    send: async (fields) => {
      const entry = await client.xadd(keys.requests, "*", ...Object.entries(fields).flat());
      return fields["id"] ?? entry ?? "";
    },
    events: async () => {
      const entries = await client.xrange(keys.events, "-", "+");
      return entries.flatMap(([, fields]) => parseEvent(pairs(fields)) ?? []);
    },
    state: async (): Promise<ManagerState | undefined> => {
      const [state, nodes] = [await client.hgetall(keys.state), await client.hgetall(keys.nodes)];
      return parseState(namespace, new Map(Object.entries(state)), new Map(Object.entries(nodes)));
    },
    result: async (id) => parseResult((await client.get(keys.result(id))) ?? ""),
    deadLetters: async () => {
      const entries = await client.xrange(keys.deadLetter, "-", "+");
      return entries.map(([, fields]) => pairs(fields).get("reason") ?? "");
    },
  };
}

/** `[name, value, ...]` as a map. */
export function pairs(fields: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    map.set(fields[index] ?? "", fields[index + 1] ?? "");
  }
  return map;
}
