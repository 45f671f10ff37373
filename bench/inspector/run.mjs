/**
 * What it costs a manager to be looked at: a mode change without an inspector, with one that nobody looks at, and with
 * ten viewers in another process, taken in turns in one run; how long a newcomer to a full history holds the event loop
 * up; and how heavy the page is.
 *
 *   node bench/inspector/run.mjs        half a minute; needs dist (npm run build)
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createLifecycleManager, defineCatalogue } from "../../dist/index.js";
import { createInspector } from "../../dist/inspector/index.js";
import { fakeSupervisor } from "../../dist/testing/index.js";

const rounds = 9;
const changesPerRound = 100;
const nodeCounts = [10, 100];
const cases = { off: null, "on, nobody looks": 0, "on, 10 viewers": 10 };

/** Two modes that share half of their nodes. */
function robot(nodeCount) {
  const names = Array.from({ length: nodeCount * 1.5 }, (_, index) => `node-${index}`);
  return defineCatalogue({
    defaultMode: "one",
    modes: { one: names.slice(0, nodeCount), two: names.slice(nodeCount / 2) },
  });
}

async function begin(nodeCount, viewers) {
  const manager = createLifecycleManager({ catalogue: robot(nodeCount), supervisor: fakeSupervisor() });
  await manager.start();
  const inspector = viewers === null ? undefined : await createInspector(manager);
  const reader = viewers === 0 || inspector === undefined ? undefined : await look(inspector.url, viewers);
  const end = async () => {
    reader?.kill();
    await inspector?.close();
    await manager.stop();
  };
  return { manager, end };
}

async function look(url, viewers) {
  const script = path.join(import.meta.dirname, "viewers.mjs");
  const reader = spawn(process.execPath, [script, url, String(viewers)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(reader.stdout, "data");
  return reader;
}

/** Milliseconds of wall clock and of this process's processor, per change. */
async function measure(manager) {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  for (let change = 0; change < changesPerRound; change += 1) {
    await manager.changeMode(change % 2 === 0 ? "two" : "one");
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    wall: (performance.now() - wall) / changesPerRound,
    cpu: (user + system) / 1000 / changesPerRound,
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const spread = (values) =>
  `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;

console.log(
  "| nodes that change | inspector | wall, ms per change | processor, ms per change |\n|---|---|---|---|",
);
for (const nodeCount of nodeCounts) {
  const found = new Map(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, viewers] of Object.entries(cases)) {
      const { manager, end } = await begin(nodeCount, viewers);
      const figures = await measure(manager);
      await end();
      // The first round warms up.
      if (round > 0) found.get(name).push(figures);
    }
  }
  for (const [name, figures] of found) {
    const [wall, cpu] = ["wall", "cpu"].map((key) => spread(figures.map((figure) => figure[key])));
    console.log(`| ${nodeCount} | ${name} | ${wall} | ${cpu} |`);
  }
}
await welcome();
await weigh();

/** The longest turn of the event loop while the first viewer is told all that is kept of 500 nodes in 200 modes. */
async function welcome() {
  const nodes = Array.from({ length: 500 }, (_, index) => `node-${index}`);
  const modes = Array.from({ length: 200 }, (_, mode) => [
    `mode ${mode}`,
    mode % 2 === 0 ? nodes.slice(0, 250) : nodes.slice(250),
  ]);
  const catalogue = defineCatalogue({ defaultMode: "mode 0", modes: Object.fromEntries(modes) });
  const manager = createLifecycleManager({ catalogue, supervisor: fakeSupervisor() });
  const events = [];
  manager.events$.subscribe((event) => event.type !== "progress" && events.push(event));
  await manager.start();
  for (let mode = 1; events.length < 8_000; mode += 1) await manager.changeMode(`mode ${mode % 200}`);
  const gaps = [];
  for (let round = 0; round < rounds; round += 1) {
    // Copies: what was printed once is remembered.
    const inspector = await createInspector(manager, { history: structuredClone(events) });
    const loop = watchTurns();
    const reading = get(new URL("feed", inspector.url), { agent: false }, (response) => response.resume());
    await pause(300);
    gaps.push(loop.end());
    reading.destroy();
    await inspector.close();
  }
  await manager.stop();
  console.log(
    `\na newcomer to a full history: longest turn of the event loop ${spread(gaps)} ms of processor`,
  );
}

/** Processor time, not wall clock: what others on this machine do is not the manager's. */
function watchTurns() {
  let last = process.cpuUsage();
  let longest = 0;
  let over = false;
  const turn = () => {
    const { user, system } = process.cpuUsage(last);
    longest = Math.max(longest, user + system);
    last = process.cpuUsage();
    if (!over) setImmediate(turn);
  };
  turn();
  return { end: () => ((over = true), longest / 1000) };
}

/** Asks for everything that the page asks for before it is drawn. */
async function weigh() {
  const manager = createLifecycleManager({ catalogue: robot(10), supervisor: fakeSupervisor() });
  await manager.start();
  const inspector = await createInspector(manager);
  const seen = new Map();
  const ask = async (name) => {
    if (seen.has(name)) return;
    seen.set(name, 0);
    const text = await (await fetch(new URL(name, inspector.url))).text();
    seen.set(name, Buffer.byteLength(text));
    const parts = [...text.matchAll(/(?:src|href|from)(?:=| )"(?:\.\/)?([\w-]+\.(?:js|css|svg))"/g)];
    await Promise.all(parts.map(([, part]) => ask(part)));
  };
  await ask("index.html");
  const bytes = [...seen.values()].reduce((sum, size) => sum + size, 0);
  console.log(`\nthe page: ${seen.size} requests, ${(bytes / 1000).toFixed(1)} kB, and the feed`);
  await inspector.close();
  await manager.stop();
}
