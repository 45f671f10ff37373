#!/usr/bin/env node
/** The `modeshift` command: hands the process to run.ts. The only file of the CLI that touches `process`. */
import { run } from "./run.ts";

const { argv, env, pid, stdin, stdout, stderr } = process;
const exit = (code: number): void => process.exit(code);
const onSignal = (signal: NodeJS.Signals, listener: () => void): (() => void) => {
  process.on(signal, listener);
  return () => process.off(signal, listener);
};
exit(
  await run({ argv: argv.slice(2), env, cwd: workingFolder(), pid, stdin, stdout, stderr, exit, onSignal }),
);

/** Where somebody stands who has removed the ground: a robot must hear of `switch safe` from there, too. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return env["PWD"] ?? "/";
  }
}
