/**
 * Entries and messages as a broken or hostile client would send them, thousands of them, to a real manager.
 *
 * Seeded, so that a failure can be repeated. With the process's memory looked at after each tenth.
 */
import type { Redis } from "ioredis";
import { createModeClient } from "modeshift/redis";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { startRedisServer } from "../fixtures/redis-server.ts";
import { heapInUseMb } from "./heap.ts";
import { startRobot } from "./robot.ts";

export interface FuzzReport {
  readonly seed: number;
  readonly sent: number;
  /** MiB on the heap, after each tenth. */
  readonly heapMb: readonly number[];
  /** Answered within a second after it all. */
  readonly answersStill: boolean;
  readonly leftInStream: number;
  readonly deadLetters: number;
}

/** A small generator with a seed (xorshift32). */
function dice(seed: number): (sides: number) => number {
  let state = seed || 1;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
}

type Bytes = string | Buffer;

const names = [
  "mode",
  "id",
  "by",
  "data",
  "deadline",
  "ttl",
  "on_busy",
  "v",
  "__proto__",
  "constructor",
  "",
  "\u0000",
];

/** One value, more or less ugly. */
function ugly(roll: (sides: number) => number): Bytes {
  const makers: (() => Bytes)[] = [
    () => "idle",
    () => "",
    () => "x".repeat(roll(40_000)),
    () => "[".repeat(roll(16_000)),
    () => `{"mode":${"[".repeat(roll(5_000))}`,
    () => '{"mode":"idle","__proto__":{"id":"polluted"}}',
    () => '{"mode":{"toString":null,"valueOf":null}}',
    () => '{"mode":"idle","id":{"toJSON":1}}',
    () => '{"mode":"nonsense","on_busy":"queue","ttl":1e308}',
    () => `{"mode":"idle","id":"${"i".repeat(roll(300))}"}`,
    () => Buffer.from(Array.from({ length: roll(200) }, () => roll(256))),
    () => "\u0000\u0001\u001b[2J\u0085",
    () => String(roll(1_000_000_000) - 500_000_000),
    () => "1e999",
    () => "\ud800",
    () => "__proto__",
    () => JSON.stringify({ mode: "idle", id: "same", by: "🤖".repeat(roll(100)) }),
    () => JSON.stringify([1, null, { mode: "idle" }]),
  ];
  return makers[roll(makers.length)]?.() ?? "";
}

async function sendOne(
  client: Redis,
  keys: ReturnType<typeof redisKeys>,
  roll: (sides: number) => number,
): Promise<void> {
  if (roll(4) === 0) {
    await client.publish(keys.requestChannel, ugly(roll));
    return;
  }
  const fields: Bytes[] = [];
  for (let count = 1 + roll(5); count > 0; count -= 1) {
    fields.push(names[roll(names.length)] ?? "", ugly(roll));
  }
  await client.xadd(keys.requests, "*", ...fields);
}

/** Sends `count` of them to a manager and looks at what it is like afterwards. */
export async function fuzz(count: number, seed: number): Promise<FuzzReport> {
  const server = await startRedisServer();
  const robot = await startRobot(server, "fuzz");
  const keys = redisKeys("fuzz");
  const raw = server.client();
  const client = createModeClient({ connection: server.path, namespace: "fuzz" });
  const roll = dice(seed);
  const heapMb: number[] = [];
  const perTenth = count / 10;
  for (let tenth = 0; tenth < 10; tenth += 1) {
    for (let sent = 0; sent < perTenth; sent += 100) {
      await Promise.all(Array.from({ length: 100 }, () => sendOne(raw, keys, roll)));
    }
    // One order for all: what came before it is answered when this is.
    do await client.requestMode("idle");
    while ((await raw.xlen(keys.requests)) > 0);
    heapMb.push(heapInUseMb());
  }
  const answer = await client.requestMode("teleop", { timeoutMs: 5_000 }).catch(() => undefined);
  const report = {
    ...{ seed, sent: count, heapMb, answersStill: answer?.currentMode === "teleop" },
    leftInStream: await raw.xlen(keys.requests),
    deadLetters: await raw.xlen(keys.deadLetter),
  };
  client.close();
  await robot.manager.stop();
  await server.stop();
  return report;
}
