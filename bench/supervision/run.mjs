/**
 * `node bench/supervision/run.mjs [passes]`: mode switches of real processes, ours beside a C program that does the
 * bare system calls. Build first (`npm run build`); needs a C compiler. Prints a Markdown table.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peerSwitches } from "./peers.mjs";

const passes = Number(process.argv[2] ?? 5);
const here = import.meta.dirname;
const scratch = mkdtempSync(join(tmpdir(), "modeshift-bench-"));
const build = (name) => {
  execFileSync("cc", ["-O2", "-o", join(scratch, name), join(here, `${name}.c`)]);
  return join(scratch, name);
};
const [idle, floor] = ["idle", "floor"].map(build);

const worst = (passes, what) => Math.max(...passes.map((pass) => pass[what]));
const sorted = (values) => [...values].sort((x, y) => x - y);
const median = (values) => sorted(values)[values.length >> 1];
const middle = (passes, what) => median(passes.map((pass) => pass[what]));

function floorOf(nodes, stopMs) {
  const out = execFileSync(floor, [nodes, passes, idle, stopMs].map(String), { encoding: "utf8" });
  return median(out.trim().split("\n").map(Number));
}

let runs = 0;
function ours(task) {
  runs += 1;
  const whole = { passes, isolation: "auto", stateDir: join(scratch, `state-${runs}`), ...task };
  const out = execFileSync(process.execPath, [join(here, "contestant.mjs"), JSON.stringify(whole)], {
    encoding: "utf8",
  });
  return JSON.parse(out);
}

const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);
const fixed = (value, digits = 1) => value.toFixed(digits);

row(
  "nodes",
  "stop takes ms",
  "isolation",
  "C floor ms",
  "switch ms",
  "x floor",
  "stops over ms",
  "manager's processor ms",
  "longest gap ms",
  "held by us ms",
  "PSS MB",
  "idle CPU %",
  "idle wake-ups/s",
);
row(...Array.from({ length: 13 }, () => "-"));
for (const [nodes, stopMs] of [
  [10, 0],
  [100, 0],
  [500, 0],
  [100, 100],
]) {
  for (const isolation of ["group", "auto"]) {
    const lowest = floorOf(nodes, stopMs);
    const result = ours({ nodes, command: [idle, String(stopMs)], isolation });
    const ms = middle(result.measured, "ms");
    row(
      nodes,
      stopMs,
      result.isolation,
      fixed(lowest),
      fixed(ms),
      fixed(ms / lowest, 2),
      fixed(middle(result.measured, "stopMs")),
      fixed(middle(result.measured, "cpuMs")),
      fixed(worst(result.measured, "gapMs")),
      fixed(worst(result.measured, "heldMs")),
      fixed(result.pssMb),
      fixed(result.idleCpuPercent, 2),
      fixed(result.idleWakeupsPerSecond),
    );
  }
}

const script = "setTimeout(() => console.log('ready'), 0); setInterval(() => {}, 1e6)";
for (const { what, ready } of [
  { what: "ready by log", ready: { log: "ready" } },
  { what: "ready when exec'ed", ready: undefined },
]) {
  const command = [process.execPath, "-e", script];
  const { measured, rssMb } = ours({
    nodes: 60,
    command,
    ready,
    passes: 16,
    kept: ["off", "boot"],
    restMs: 1500,
  });
  const boots = measured.filter((_, index) => index % 2 === 0);
  console.log(
    `\n60 booting Node scripts, ${what}, ${boots.length} times: ${fixed(middle(boots, "ms"), 0)} ms, ` +
      `longest gaps ${sorted(boots.map(({ gapMs }) => gapMs))
        .map((ms) => fixed(ms))
        .join(" ")} ms, ` +
      `held by us at most ${fixed(worst(boots, "heldMs"))} ms, manager ${fixed(rssMb)} MB`,
  );
}
for (const nodes of [10, 100]) {
  const lowest = floorOf(nodes, 0);
  for (const [name, times] of await peerSwitches({ scratch, nodes, idle, passes: 3 })) {
    const ms = median(times);
    console.log(`${nodes} nodes, ${name}: ${fixed(ms, 0)} ms, ${fixed(ms / lowest)} x floor`);
  }
}
rmSync(scratch, { recursive: true, force: true });
