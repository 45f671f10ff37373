/**
 * `npm run verify`: everything that must hold before a change is taken, in the order in which it fails fastest.
 *
 * CI runs exactly this. Stops at the first failure; ends with the time of each step.
 */
import { spawnSync } from "node:child_process";

const steps = ["check:format", "typecheck", "lint", "check:unused", "build", "coverage", "check:package"];
const budgetSeconds = 90;

const times = [];
for (const step of ["ensure-system", ...steps]) {
  const began = performance.now();
  const [command, args] =
    step === "ensure-system"
      ? [process.execPath, ["scripts/ensure-system.mjs"]]
      : ["npm", ["run", "--silent", step]];
  console.log(`\n--- ${step}`);
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  times.push([step, (performance.now() - began) / 1000]);
  if (status !== 0) {
    console.error(`\nverify: ${step} failed. Run it alone with: npm run ${step}`);
    process.exit(1);
  }
}

const total = times.reduce((sum, [, seconds]) => sum + seconds, 0);
console.log("");
for (const [step, seconds] of times) console.log(`${seconds.toFixed(1).padStart(6)} s  ${step}`);
const note = total > budgetSeconds ? `  (over the budget of ${budgetSeconds} s)` : "";
console.log(`${total.toFixed(1).padStart(6)} s  verify: everything holds${note}`);
