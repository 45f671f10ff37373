/**
 * The Redis bus against plain ioredis on the same server, in one run: there and back, one at a time and many at once,
 * with the server's log off, written every second, and written always; and what idle robots cost.
 *
 *   node bench/bus/run.mjs        about two minutes; needs dist (npm run build)
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const kinds = ["pubsub", "group", "bus", "manager"];
const names = {
  pubsub: "raw publish/subscribe",
  group: "raw consumer group",
  bus: "bus",
  manager: "bus and manager",
};

/** Dies with this process. */
function start(command, ...args) {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", command, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value };
}

const script = (name) => path.join(import.meta.dirname, name);

async function withServer(args, use) {
  const folder = mkdtempSync(path.join(tmpdir(), "modeshift-bench-"));
  const socket = path.join(folder, "redis.sock");
  const base = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""];
  const server = start("redis-server", ...base, ...args);
  while (!/ready to accept connections/i.test(await server.line())) continue;
  server.child.stdout.resume();
  try {
    return await use(socket);
  } finally {
    const gone = once(server.child, "exit");
    server.child.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** So many requesters with so many requests at once each. */
async function measure(kind, socket, { requesters, count, atOnce }) {
  const responder = start(process.execPath, script("responder.mjs"), kind, socket);
  await responder.line();
  const all = Array.from({ length: requesters }, () =>
    start(process.execPath, script("requester.mjs"), kind, socket, String(count), String(atOnce)),
  );
  await Promise.all(all.map(({ line }) => line()));
  for (const { child } of all) child.kill("SIGUSR2");
  const reports = (await Promise.all(all.map(({ line }) => line()))).map((text) => JSON.parse(text));
  const gone = once(responder.child, "exit");
  responder.child.kill("SIGKILL");
  await gone;
  const tookMs = Math.max(...reports.map((report) => report.tookMs));
  return {
    p50: reports[0].p50,
    p99: reports[0].p99,
    perSecond: (reports.reduce((sum, report) => sum + report.count, 0) / tookMs) * 1_000,
  };
}

const cell = (value, width = 12) => String(value).padStart(width);
const logs = {
  "no AOF": ["--appendonly", "no"],
  "AOF everysec": ["--appendonly", "yes", "--appendfsync", "everysec"],
  "AOF always": ["--appendonly", "yes", "--appendfsync", "always"],
};
process.stdout.write(
  `${"".padEnd(38)}${["p50 ms", "p99 ms", "x group", "1 x 64 /s", "2 x 256 /s"].map((text) => cell(text)).join("")}\n`,
);
for (const [log, args] of Object.entries(logs)) {
  let group = 1;
  for (const kind of kinds) {
    const one = await withServer(args, (socket) =>
      measure(kind, socket, { requesters: 1, count: 2_000, atOnce: 1 }),
    );
    const some = await withServer(args, (socket) =>
      measure(kind, socket, { requesters: 1, count: 10_000, atOnce: 64 }),
    );
    const many = await withServer(args, (socket) =>
      measure(kind, socket, { requesters: 2, count: 15_000, atOnce: 256 }),
    );
    if (kind === "group") group = one.p50;
    const ratio = kind === "pubsub" ? "" : (one.p50 / group).toFixed(1);
    const times = [
      one.p50.toFixed(3),
      one.p99.toFixed(2),
      ratio,
      Math.round(some.perSecond),
      Math.round(many.perSecond),
    ];
    process.stdout.write(
      `${log.padEnd(16)}${names[kind].padEnd(22)}${times.map((text) => cell(text)).join("")}\n`,
    );
  }
}
const robots = 1_000;
const idle = await withServer([], async (socket) => {
  const child = start(process.execPath, "--expose-gc", script("idle.mjs"), socket, String(robots), "10");
  return JSON.parse(await child.line());
});
const kB = (bytes) => `${(bytes / 1_024).toFixed(1)} kB`;
process.stdout.write(
  `\n${robots} idle robots, each: ${kB(idle.keyBytes)} in keys, ${kB(idle.serverPerBus)} in the server with two connections, ` +
    `${kB(idle.heapPerBus)} of heap in the manager's process;\nall together: ${idle.commandsPerSecond.toFixed(0)} commands/s, ` +
    `${idle.serverCpuPercent.toFixed(1)} % of a core in the server, ${idle.cpuPercent.toFixed(1)} % in the managers' process\n`,
);
