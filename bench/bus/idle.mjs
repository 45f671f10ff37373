/**
 * What idle robots cost: so many buses in one process; prints memory and processor time as JSON.
 *
 *   node --expose-gc idle.mjs SOCKET COUNT SECONDS
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { defineCatalogue, systemClock } from "../../dist/index.js";
import { redisBus } from "../../dist/redis.js";

const [path, count, seconds] = process.argv
  .slice(2)
  .map((text, index) => (index === 0 ? text : Number(text)));
const node = { command: ["true"] };
const names = ["clock", "camera", "drive", "planner", "arm", "lidar", "map", "radio"];
const catalogue = defineCatalogue({
  defaultMode: "idle",
  nodes: Object.fromEntries(names.map((name) => [name, node])),
  modes: {
    idle: names.slice(0, 2),
    teleop: names.slice(0, 4),
    autonomous: names,
    safe: { nodes: [], urgent: true },
  },
});
const admin = new Redis({ path });
const info = async (section, field) =>
  Number(new RegExp(`${field}:([\\d.]+)`).exec(await admin.info(section))?.[1]);
const heap = () => {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};

const before = { heap: heap(), server: await info("memory", "used_memory") };
const nodes = new Map(
  names.map((name) => [name, { state: "ready", generation: 1, pid: 1, since: 1, restarts: 0 }]),
);
const buses = [];
for (let index = 0; index < count; index += 1) {
  const namespace = `idle-${index}`;
  const holder = `bench/${index}/x`;
  const state = {
    ...{ namespace, mode: "idle", target: "idle", phase: "idle", health: { status: "ok", reasons: [] } },
    ...{ request: null, waiting: [], waitingFor: [], epoch: 1, holder, bus: { status: "connected" }, nodes },
  };
  const bus = redisBus({ connection: path, namespace });
  bus.open({ catalogue, clock: systemClock, holder, epoch: 1, state: () => state, log: () => {} });
  bus.requests$.subscribe(() => {});
  bus.publish({
    events: [{ type: "manager", id: "", at: 1, data: { what: "up", holder, epoch: 1 } }],
    state,
  });
  await new Promise((resolve) => {
    const subscription = bus.health$.subscribe((health) => {
      if (health.status === "connected") setImmediate(() => (subscription.unsubscribe(), resolve()));
    });
  });
  buses.push(bus);
}
await sleep(7_000);
const keys = await admin.keys("modeshift:{idle-7}:*");
const keyBytes = (await Promise.all(keys.map((key) => admin.memory("USAGE", key)))).reduce(
  (sum, bytes) => sum + bytes,
  0,
);
const [cpu, commands, serverCpu] = [
  process.cpuUsage(),
  await info("stats", "total_commands_processed"),
  (await info("cpu", "used_cpu_user")) + (await info("cpu", "used_cpu_sys")),
];
await sleep(seconds * 1_000);
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(
  `${JSON.stringify({
    heapPerBus: (heap() - before.heap) / count,
    serverPerBus: ((await info("memory", "used_memory")) - before.server) / count,
    keyBytes,
    cpuPercent: (user + system) / 10_000 / seconds,
    serverCpuPercent:
      (((await info("cpu", "used_cpu_user")) + (await info("cpu", "used_cpu_sys")) - serverCpu) / seconds) *
      100,
    commandsPerSecond: ((await info("stats", "total_commands_processed")) - commands) / seconds,
  })}\n`,
);
process.exit(0);
