/**
 * `npm run verify`: everything that must hold before a change is taken.
 *
 * CI runs exactly this. The steps of one stage run beside each other, because most of them leave a core idle; what they say comes
 * when they end, but for the tests, which show their progress. Stops after the first stage with a failure; ends with the
 * time of each step.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

const stages = [
  ["ensure-system"],
  ["check:format", "typecheck", "lint", "check:unused"],
  ["build"],
  ["coverage", "check:package"],
];
/** Steps that are no npm script. The types have been checked by the time it builds. */
const scripts = {
  "ensure-system": [process.execPath, "scripts/ensure-system.mjs"],
  build: [process.execPath, "scripts/build.mjs", "--checked"],
};
const streamed = "coverage";
const budgetSeconds = 90;

/** Runs one step to its end; resolves with its name, whether it passed, and its time in seconds. */
async function run(step) {
  const began = performance.now();
  const [command, ...args] = scripts[step] ?? ["npm", "run", "--silent", step];
  const child = spawn(command, args, { stdio: step === streamed ? "inherit" : ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
  }
  const [status] = await once(child, "close");
  return { step, passed: status === 0, said, seconds: (performance.now() - began) / 1000 };
}

const began = performance.now();
const ended = [];
for (const stage of stages) {
  console.log(`--- ${stage.join(", ")}`);
  ended.push(...(await Promise.all(stage.map(run))));
  const failed = ended.filter(({ passed }) => !passed);
  for (const { step, said } of failed) {
    console.error(`\n${said}verify: ${step} failed. Run it alone with: npm run ${step}`);
  }
  if (failed.length > 0) process.exit(1);
}

const total = (performance.now() - began) / 1000;
console.log("");
for (const { step, seconds } of ended) console.log(`${seconds.toFixed(1).padStart(6)} s  ${step}`);
const note = total > budgetSeconds ? `  (over the budget of ${budgetSeconds} s)` : "";
console.log(`${total.toFixed(1).padStart(6)} s  verify: everything holds${note}`);
