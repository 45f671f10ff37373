/**
 * Vitest global setup for the tests that run the built command line as real processes: dist is made once, when stale.
 */
import { execFileSync } from "node:child_process";
import path from "node:path";

const script = path.join(import.meta.dirname, "build.mjs");

/** Called by vitest before the first file of a project. */
export function setup(): void {
  execFileSync(process.execPath, [script, "--if-stale"], { stdio: "inherit" });
}
