/**
 * The house rules fire: a violation of each is planted in a throw-away tree and oxlint must report exactly it.
 *
 * One run of oxlint over all plants, with the repository's own .oxlintrc.json. It guards against overrides that
 * silently replace each other and against folders that no rule knows.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../..");
const oxlint = path.join(root, "node_modules/.bin/oxlint");

/** Where a line is planted, the line, and the rule that must (or, with null, must not) report it. */
type Plant = readonly [file: string, code: string, rule: string | null];

const value = (from: string): string => `import { it } from "${from}"; it();`;
const typeOnly = (from: string): string => `import type { It } from "${from}"; export type Mine = It;`;
const imports = "eslint(no-restricted-imports)";
const globals = "eslint(no-restricted-globals)";

const layers: readonly Plant[] = [
  ["src/errors.ts", value("./clock.ts"), imports],
  ["src/modes/a.ts", value("../errors.ts"), null],
  ["src/modes/b.ts", typeOnly("../machines/events.ts"), imports],
  ["src/modes/c.ts", value("node:fs"), imports],
  ["src/modes/d.ts", value("rxjs"), imports],
  ["src/modes/e.ts", value("../lifecycle-manager.ts"), imports],
  ["src/modes/f.ts", "export const at = Date.now();", globals],
  ["src/machines/a.ts", value("../modes/plan.ts"), null],
  ["src/machines/b.ts", value("xstate/graph"), null],
  ["src/machines/c.ts", value("node:fs"), imports],
  ["src/machines/d.ts", typeOnly("../supervisor/supervisor.ts"), imports],
  ["src/machines/e.ts", "setTimeout(String, 5);", globals],
  ["src/machines/f.ts", "export const r = Math.random();", "eslint(no-restricted-properties)"],
  ["src/supervisor/a.ts", value("node:child_process"), null],
  ["src/supervisor/b.ts", typeOnly("../bus/bus.ts"), null],
  ["src/supervisor/c.ts", value("../bus/bus.ts"), imports],
  ["src/supervisor/d.ts", typeOnly("../bus/memory-bus.ts"), imports],
  ["src/supervisor/e.ts", typeOnly("../lifecycle/executor.ts"), imports],
  ["src/supervisor/f.ts", "export const pid = process.pid;", null],
  ["src/supervisor/deep/a.ts", value("../../modes/plan.ts"), null],
  ["src/supervisor/deep/b.ts", value("../../config/load.ts"), imports],
  ["src/bus/a.ts", value("ioredis"), imports],
  ["src/bus/b.ts", value("./redis-bus.ts"), imports],
  ["src/bus/c.ts", typeOnly("../supervisor/supervisor.ts"), null],
  ["src/bus/d.ts", value("../supervisor/node-fault.ts"), imports],
  ["src/bus/redis-bus.ts", value("ioredis"), null],
  ["src/bus/redis-lease.ts", value("../lifecycle/executor.ts"), imports],
  ["src/bus/redis/a.ts", value("node:child_process"), imports],
  ["src/config/a.ts", value("yaml"), null],
  ["src/config/b.ts", value("../bus/memory-bus.ts"), imports],
  ["src/config/c.ts", "export const home = process.env;", globals],
  ["src/verify/a.ts", value("../machines/mode-machine.ts"), null],
  ["src/verify/b.ts", value("../config/load.ts"), imports],
  ["src/lifecycle/a.ts", value("../bus/bridge.ts"), null],
  ["src/lifecycle/b.ts", value("../bus/redis-bus.ts"), imports],
  ["src/lifecycle/c.ts", value("../inspector/server.ts"), imports],
  ["src/lifecycle/d.ts", value("node:child_process"), imports],
  ["src/lifecycle-manager.ts", value("./cli/run.ts"), imports],
  ["src/inspector/a.ts", value("../lifecycle-manager.ts"), null],
  ["src/inspector/b.ts", value("../cli/run.ts"), imports],
  ["src/cli/a.ts", value("../inspector/index.ts"), null],
  ["src/cli/b.ts", value("../testing/index.ts"), imports],
  ["src/cli/c.ts", "export const args = process.argv;", globals],
  ["src/cli/d.ts", `export const door = (): Promise<unknown> => import("ioredis");`, imports],
  ["src/cli/main.ts", "export const args = process.argv;", null],
  ["src/testing/a.ts", value("../cli/run.ts"), imports],
  ["src/testing/b.ts", value("../lifecycle-manager.ts"), null],
  ["src/index.ts", `export { it } from "./bus/redis-bus.ts";`, imports],
  ["src/xstate.ts", `export { it } from "./testing/index.ts";`, imports],
  ["src/redis.ts", `export { it } from "./bus/redis-bus.ts";`, null],
];

const style: readonly Plant[] = [
  ["src/modes/any.ts", "export const x = (y: any): unknown => y;", "typescript(no-explicit-any)"],
  ["src/modes/default.ts", "export default 1;", "import(no-default-export)"],
  ["src/modes/star.ts", `export * from "./any.ts";`, "oxc(no-barrel-file)"],
  [
    "src/modes/one.ts",
    `import { two } from "./two.ts";\nexport const one = (): number => two();`,
    "import(no-cycle)",
  ],
  [
    "src/modes/two.ts",
    `import { one } from "./one.ts";\nexport const two = (): number => one();`,
    "import(no-cycle)",
  ],
  ["src/modes/bang.ts", "export const x = (y?: string): string => y!;", "typescript(no-non-null-assertion)"],
  ["src/modes/long.ts", "// a line\n".repeat(301), "eslint(max-lines)"],
  [
    "src/modes/tall.ts",
    `export function f(): void {\n${"  String(1);\n".repeat(50)}}\n`,
    "eslint(max-lines-per-function)",
  ],
  ["src/modes/print.ts", "console.log(1);", "eslint(no-console)"],
  [
    "src/modes/type.ts",
    `import { It } from "../errors.ts";\nexport type Mine = It;`,
    "typescript(consistent-type-imports)",
  ],
  ["src/modes/CamelCase.ts", "export const x = 1;", "unicorn(filename-case)"],
  [
    "src/modes/float.ts",
    "const f = async (): Promise<void> => {};\nf();",
    "typescript(no-floating-promises)",
  ],
  [
    "src/modes/switch.ts",
    `export function f(x: "a" | "b"): void {\n  switch (x) {\n    case "a":\n      break;\n  }\n}`,
    "typescript(switch-exhaustiveness-check)",
  ],
  [
    "test/modes/only.test.ts",
    `import { test } from "vitest";\ntest.only("x", () => {});`,
    "vitest(no-focused-tests)",
  ],
  [
    "test/modes/skip.test.ts",
    `import { test } from "vitest";\ntest.skip("x", () => {});`,
    "vitest(no-disabled-tests)",
  ],
];

let tree: string;
const reported = new Map<string, Set<string>>();

beforeAll(async () => {
  tree = await mkdtemp(path.join(tmpdir(), "modeshift-lint-"));
  await cp(path.join(root, ".oxlintrc.json"), path.join(tree, ".oxlintrc.json"));
  await cp(path.join(root, "tsconfig.json"), path.join(tree, "tsconfig.json"));
  await cp(path.join(root, ".gitignore"), path.join(tree, ".gitignore"));
  await symlink(path.join(root, "node_modules"), path.join(tree, "node_modules"));
  for (const [file, code] of [...layers, ...style]) {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), code);
  }
  const { stdout } = await run(oxlint, ["-f", "json"], { cwd: tree, maxBuffer: 1e8 }).catch((error) => error);
  for (const { filename, code } of JSON.parse(stdout).diagnostics) {
    const rules = reported.get(filename) ?? new Set<string>();
    reported.set(filename, rules.add(code));
  }
});

afterAll(() => rm(tree, { recursive: true, force: true }));

describe("layers", () => {
  test.each(layers)("%s: %s -> %s", (file, _code, rule) => {
    const rules = reported.get(file) ?? new Set();

    const ours = [...rules].filter((code) => code.startsWith("eslint(no-restricted-"));

    expect(ours).toEqual(rule === null ? [] : [rule]);
  });

  test("every folder and root file of src has its own entry in .oxlintrc.json", async () => {
    const planted = new Set(layers.map(([file]) => file.split("/")[1]));

    const entries = await readdir(path.join(root, "src"));

    expect(entries.filter((entry) => !planted.has(entry) && entry !== "clock.ts")).toEqual([]);
  });
});

describe("style", () => {
  test.each(style)("%s is refused", (file, _code, rule) => {
    expect([...(reported.get(file) ?? [])]).toContain(rule);
  });
});
