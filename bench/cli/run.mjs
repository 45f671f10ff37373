/**
 * Cold start of the command line against bare node: `npm run build && node bench/cli/run.mjs [rounds]`.
 *
 * Each round runs every line once, in turns, as processes of their own; the median of all rounds and its ratio to an
 * empty program are printed. `status` and `check` work on a folder that `init` has written; `status` finds nobody, with
 * `-n` without reading the catalogue.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const rounds = Number(process.argv[2] ?? 30);
const main = resolve(import.meta.dirname, "../../dist/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "msb-"));
const commander = import.meta.resolve("commander");
writeFileSync(join(folder, "empty.mjs"), "");
writeFileSync(join(folder, "commander.mjs"), `import ${JSON.stringify(commander)};`);
const env = { ...process.env, XDG_RUNTIME_DIR: folder, MODESHIFT_REDIS_URL: "" };

const lines = [
  ["an empty program", ["empty.mjs"], 0],
  ["commander alone", ["commander.mjs"], 0],
  ["modeshift --help", [main, "--help"], 0],
  ["modeshift status", [main, "status"], 5],
  ["status -n rover", [main, "status", "-n", "rover"], 5],
  ["modeshift check", [main, "check"], 0],
];

function run(args, code) {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
  if (status !== code) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - begin;
}

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

try {
  run([main, "init"], 0);
  const times = lines.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, args, code]] of lines.entries()) times[index].push(run(args, code));
  }
  const bare = median(times[0]);
  console.log(`${"".padEnd(18)}  median ms  x bare   (${rounds} rounds, node ${process.version})`);
  for (const [index, [name]] of lines.entries()) {
    const own = median(times[index]);
    console.log(`${name.padEnd(18)}  ${own.toFixed(1).padStart(9)}  ${(own / bare).toFixed(2).padStart(6)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
