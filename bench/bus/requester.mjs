/**
 * Asks and waits for the answers, so many at a time; prints the times as JSON.
 *
 *   node requester.mjs pubsub|group|bus|manager SOCKET COUNT AT_ONCE
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Redis } from "ioredis";
import { createModeClient } from "../../dist/redis.js";

const [kind, path, count, atOnce] = process.argv.slice(2);
const waiting = new Map();
const answered = (id) => {
  waiting.get(id)?.();
  waiting.delete(id);
};

/** Asks once; resolves with the answer. */
async function asker() {
  if (kind === "bus" || kind === "manager") {
    const client = createModeClient({ connection: path, namespace: "bench" });
    return () => client.requestMode("idle", { onBusy: "queue", timeoutMs: 60_000 });
  }
  const [mouth, ear] = [new Redis({ path }), new Redis({ path })];
  const ask = (send) => {
    const id = randomUUID();
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      void send(id);
    });
  };
  if (kind === "pubsub") {
    ear.on("message", (_, id) => answered(id));
    await ear.subscribe("answers");
    return () => ask((id) => mouth.publish("requests", id));
  }
  const follow = async () => {
    for (let last = "0"; ;) {
      const reply = await ear.xread("COUNT", 256, "BLOCK", 0, "STREAMS", "answers", last);
      for (const [entry, [, id]] of reply?.[0]?.[1] ?? []) {
        last = entry;
        answered(id);
      }
    }
  };
  void follow();
  return () => ask((id) => mouth.xadd("requests", "*", "id", id));
}

const ask = await asker();
const times = [];
let left = Number(count);
const work = async () => {
  while (left > 0) {
    left -= 1;
    const began = performance.now();
    await ask();
    times.push(performance.now() - began);
  }
};
// Warm: code compiled, scripts loaded, connections open.
for (let index = 0; index < 200; index += 1) await ask();
const told = once(process, "SIGUSR2");
process.stdout.write("warm\n");
await told;
const began = performance.now();
await Promise.all(Array.from({ length: Number(atOnce) }, work));
const tookMs = performance.now() - began;
times.sort((one, other) => one - other);
const at = (share) => times[Math.floor((times.length - 1) * share)];
process.stdout.write(`${JSON.stringify({ p50: at(0.5), p99: at(0.99), tookMs, count: times.length })}\n`);
process.exit(0);
