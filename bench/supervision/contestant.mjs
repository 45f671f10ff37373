/**
 * One manager of ours in a process of its own, so that its memory and its event loop are only its own. Takes a task
 * as JSON in argv, prints what was measured as JSON.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createLifecycleManager, defineCatalogue, processSupervisor } from "../../dist/index.js";
import { watchLoop } from "./loop-watch.mjs";

const {
  nodes,
  command,
  kept = [],
  ready,
  passes,
  isolation,
  stateDir,
  restMs = 1000,
} = JSON.parse(process.argv[2]);

const nodeOf = () => ({ command, ...(ready === undefined ? {} : { ready }) });
const names = (prefix) => Array.from({ length: nodes }, (_, index) => `${prefix}${index}`);
const [a, b, c] = ["a", "b", "c"].map(names);
const catalogue = defineCatalogue({
  namespace: "bench",
  defaultMode: "off",
  nodes: Object.fromEntries([...a, ...b, ...c].map((name) => [name, nodeOf()])),
  modes: { off: [], one: [...a, ...c], two: [...b, ...c], boot: a },
});
const manager = createLifecycleManager({ catalogue, supervisor: processSupervisor({ stateDir, isolation }) });
let events = 0;
let stoppedAt = 0;
manager.events$.subscribe(({ type, data }) => {
  events += 1;
  if (type === "node" && data.state === "stopped") stoppedAt = performance.now();
});

async function timed(mode) {
  await sleep(restMs);
  const watched = watchLoop();
  const spent = process.cpuUsage();
  const begun = performance.now();
  const result = await manager.changeMode(mode);
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(spent);
  // One turn more, so that a gap at the very end is seen.
  await sleep(5);
  const loop = watched();
  if (!result.ok) throw new Error(JSON.stringify(result.errors.slice(0, 2)));
  return { ms, stopMs: stoppedAt - begun, cpuMs: (user + system) / 1000, ...loop };
}

function usage() {
  const switches = readdirSync("/proc/self/task").reduce((sum, task) => {
    const status = readFileSync(`/proc/self/task/${task}/status`, "utf8");
    return sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)[1]);
  }, 0);
  const { user, system } = process.cpuUsage();
  return { switches, cpuMs: (user + system) / 1000 };
}

await manager.start();
const modes = kept.length > 0 ? kept : ["one", "two"];
await manager.changeMode(modes[0]);
const measured = [];
for (let pass = 0; pass < passes; pass++) measured.push(await timed(modes[(pass + 1) % modes.length]));

await sleep(2000);
const before = usage();
await sleep(5000);
const after = usage();
const pss = Number(/^Pss:\s+(\d+)/m.exec(readFileSync("/proc/self/smaps_rollup", "utf8"))[1]) / 1024;
const { isolation: reached } = manager.capabilities;
await manager.stop();
rmSync(stateDir, { recursive: true, force: true });
process.stdout.write(
  JSON.stringify({
    measured,
    events,
    isolation: reached,
    pssMb: pss,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
    idleCpuPercent: (after.cpuMs - before.cpuMs) / 50,
    idleWakeupsPerSecond: (after.switches - before.switches) / 5,
  }),
);
