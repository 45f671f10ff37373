/**
 * Requests at a steady pace while managers and the server are killed again and again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { TransitionResult } from "modeshift";
import { createModeClient } from "modeshift/redis";
import { parseEvent } from "../../src/bus/messages.ts";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { fieldsOf } from "../../src/bus/stream-fields.ts";
import { startManagerProcess } from "../fixtures/redis-manager.ts";
import { startRedisServer } from "../fixtures/redis-server.ts";

export interface CrashLoad {
  readonly requests: number;
  readonly managerKills: number;
  readonly serverKills: number;
  /** Where the n-th manager runs: a state directory, or `fake:<epoch>`. */
  readonly placeOf: (index: number) => string;
}

export interface CrashReport {
  readonly answers: readonly TransitionResult[];
  readonly errors: readonly string[];
  /** How many `result` events the stream holds for each request. */
  readonly resultEvents: ReadonlyMap<string, number>;
  /** How many requests were begun more than once: a crash cannot be undone. */
  readonly begunAgain: number;
  readonly longestMs: number;
}

export async function loadUnderCrashes(load: CrashLoad): Promise<CrashReport> {
  // Everything on disk before it is told: what a crash of the server loses is not what is looked at here.
  const server = await startRedisServer({ args: ["--appendonly", "yes", "--appendfsync", "always"] });
  const client = createModeClient({ connection: server.path, namespace: "crash" });
  const answers: TransitionResult[] = [];
  const errors: string[] = [];
  let longestMs = 0;
  const ask = async (index: number): Promise<void> => {
    const began = performance.now();
    const mode = index % 2 === 0 ? "teleop" : "idle";
    try {
      answers.push(await client.requestMode(mode, { id: `c${index}`, onBusy: "queue", timeoutMs: 90_000 }));
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
    }
    longestMs = Math.max(longestMs, performance.now() - began);
  };
  let manager = await startManagerProcess(server.path, "crash", load.placeOf(0));
  const asked: Promise<void>[] = [];
  let index = 0;
  const askFor = async (share: number): Promise<void> => {
    const until = Math.min(load.requests, index + Math.ceil(share));
    for (; index < until; index += 1) {
      asked.push(ask(index));
      // The last come all at once, so that the crash finds some waiting and one begun.
      await sleep(until - index > 5 ? 20 : 1);
    }
  };
  const rounds = load.managerKills + load.serverKills;
  for (let round = 1; round <= rounds; round += 1) {
    await askFor(load.requests / (rounds + 1));
    if (round % Math.ceil(rounds / load.serverKills) === 0) {
      await server.crash();
      await server.restart();
    } else {
      await manager.kill();
      manager = await startManagerProcess(server.path, "crash", load.placeOf(round));
    }
  }
  await askFor(load.requests);
  await Promise.all(asked);
  const entries = await server.client().xrange(redisKeys("crash").events, "-", "+");
  const events = entries.flatMap(([, fields]) => parseEvent(fieldsOf(fields)) ?? []);
  client.close();
  await manager.stop();
  await server.stop();
  const isAsked = (id: string): boolean => /^c\d+$/.test(id);
  const count = (ids: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const id of ids.filter(isAsked)) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  };
  const begins = count(events.filter(({ type }) => type === "transition").map(({ id }) => id));
  return {
    answers,
    errors,
    resultEvents: count(events.filter(({ type }) => type === "result").map(({ id }) => id)),
    begunAgain: [...begins.values()].filter((times) => times > 1).length,
    longestMs,
  };
}
