/**
 * A request through the Redis stream to its result (`unchanged`: the bus is measured, not the nodes), against raw
 * ioredis passing one entry to a consumer group and one answer back on the same server.
 */
import type { Redis } from "ioredis";
import { afterAll, bench, describe } from "vitest";
import { redisBus } from "../src/bus/redis-bus.ts";
import { createLifecycleManager } from "../src/lifecycle-manager.ts";
import { fakeSupervisor } from "../src/testing/fake-supervisor.ts";
import { startRedisServer } from "../test/fixtures/redis-server.ts";
import { wideRobot } from "./robots.ts";

const server = await startRedisServer();
const [client, answers, reader] = [server.client(), server.client(), server.client()];
const prefix = "modeshift:{bench}:";

const bus = redisBus({ connection: { path: server.path }, namespace: "bench" });
const manager = createLifecycleManager({ catalogue: wideRobot(10), supervisor: fakeSupervisor(), bus });
await manager.start();

await client.xgroup("CREATE", "raw", "group", "$", "MKSTREAM");
const echo = answerRawRequests(reader);
let number = 0;

/** The other end of the raw round trip: reads an entry, answers it, acknowledges it. */
async function answerRawRequests(redis: Redis): Promise<void> {
  for (;;) {
    const read = await redis
      .xreadgroup("GROUP", "group", "me", "COUNT", 1, "BLOCK", 0, "STREAMS", "raw", ">")
      .catch(() => null);
    const entry = (read as [string, [string, string[]][]][] | null)?.[0]?.[1][0];
    if (entry === undefined) return;
    await redis.multi().xadd("raw-answers", "*", "id", entry[0]).xack("raw", "group", entry[0]).exec();
  }
}

/** Where the reader of each stream has got to. */
const read = new Map<string, string>();

/** Waits for the entry of a stream for which `isWanted` holds. */
async function entryOf(stream: string, isWanted: (fields: readonly string[]) => boolean): Promise<void> {
  for (;;) {
    const entries = await answers.xread("BLOCK", 0, "STREAMS", stream, read.get(stream) ?? "0");
    for (const [id, fields] of entries?.[0]?.[1] ?? []) {
      read.set(stream, id);
      if (isWanted(fields)) return;
    }
  }
}

afterAll(async () => {
  await manager.stop();
  reader.disconnect();
  await echo;
  await server.stop();
});

describe("one request, one answer", () => {
  bench("raw ioredis: XADD, XREADGROUP, XADD, XREAD", async () => {
    const id = await client.xadd("raw", "*", "mode", "one");
    await entryOf("raw-answers", (fields) => fields.includes(id ?? ""));
  });
  bench("modeshift: mode/request to the result on events", async () => {
    const id = `bench-${(number += 1)}`;
    await client.xadd(`${prefix}mode/request`, "*", "mode", "one", "id", id);
    await entryOf(`${prefix}events`, (fields) => fields.includes("result") && fields.includes(id));
  });
});
