/**
 * Makes dist from src: the compiler's output, plus the files that it does not copy (pages, styles, pictures).
 *
 *   node scripts/build.mjs               from scratch; a type error is a failure
 *   node scripts/build.mjs --if-stale    only when a source is newer than dist; used by `npm start` and the tests;
 *                                        a type error is only told, so that tests can run before types are mended
 *   node scripts/build.mjs --checked     from scratch, of types that `npm run typecheck` has just found sound: a quarter of the work
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const root = path.resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { "if-stale": { type: "boolean" }, checked: { type: "boolean" } } });
const out = path.join(root, "dist");
const stamp = path.join(out, ".built");

/** The newest change below a folder, in ms since the epoch. */
function newest(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Math.max(...entries.map((entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs));
}

function isFresh() {
  if (!existsSync(stamp)) return false;
  const builtAt = statSync(stamp).mtimeMs;
  const configs = ["tsconfig.json", "tsconfig.build.json", "package.json"];
  return [
    newest(path.join(root, "src")),
    ...configs.map((file) => statSync(path.join(root, file)).mtimeMs),
  ].every((changedAt) => changedAt < builtAt);
}

if (values["if-stale"] && isFresh()) process.exit(0);
// A stale dist may be in use by a running manager: it is written over, not taken away.
if (!values["if-stale"]) rmSync(out, { recursive: true, force: true });

const startedAt = new Date();
const tsc = path.join(root, "node_modules/typescript/bin/tsc");
const options = ["-p", "tsconfig.build.json", "--outDir", out, ...(values.checked ? ["--noCheck"] : [])];
const compiled = spawnSync(process.execPath, [tsc, ...options], { cwd: root, stdio: "inherit" });
const sound = compiled.status === 0;
if (!sound) console.error("build: the compiler found errors (above).");
if (!sound && !values["if-stale"]) process.exit(1);
cpSync(path.join(root, "src"), out, { recursive: true, filter: (file) => !file.endsWith(".ts") });
const bin = path.join(out, "cli/main.js");
if (existsSync(bin)) chmodSync(bin, 0o755);
if (sound) writeFileSync(stamp, `${startedAt.toISOString()}\n`);
