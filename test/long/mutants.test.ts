/**
 * Every mutant is killed: a fault planted in diff, plan, machine, executor or bridge is noticed by some fast test.
 *
 * `MODESHIFT_MUTANTS=10-20` plants only those, counted from 0, the last one not included.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { mutants } from "../mutants/mutants.ts";

const root = path.resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(path.join(tmpdir(), "modeshift-mutants-"));
const table: string[] = [];
const [first, end] = (process.env["MODESHIFT_MUTANTS"] ?? `0-${mutants.length}`).split("-").map(Number);

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

afterAll(() => {
  console.log(["| mutant | in | killed by |", "|---|---|---|", ...table].join("\n"));
  rmSync(scratch, { recursive: true });
});

/** The first test that fails of it; undefined when it survives. */
async function killerOf(name: string): Promise<string | undefined> {
  const file = path.join(scratch, "report.json");
  const config = ["--config", "test/mutants/vitest.config.ts", "--reporter", "json", "--outputFile", file];
  const argv = [path.join(root, "node_modules/vitest/vitest.mjs"), "run", ...config];
  const env = { ...process.env, MODESHIFT_MUTANT: name };
  const child = spawn(process.execPath, argv, { cwd: root, env, stdio: "ignore" });
  await once(child, "exit");
  const { testResults } = JSON.parse(readFileSync(file, "utf8")) as Report;
  for (const { name: path_, message, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === "failed");
    if (failed !== undefined || message !== "") return failed?.title ?? path.relative(root, path_);
  }
  return undefined;
}

test.each(mutants.slice(first, end))(
  "somebody notices that $name",
  { timeout: 300_000 },
  async ({ name, file }) => {
    const killer = await killerOf(name);

    table.push(`| ${name} | ${file} | ${killer ?? "SURVIVED"} |`);
    expect(killer).toBeDefined();
  },
);
