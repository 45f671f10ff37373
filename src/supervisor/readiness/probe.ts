/**
 * `ready: { exec }`: a command of the user's exits with 0.
 *
 * It runs with the node's environment, marker included: whatever it leaves behind goes with the node's tree.
 */
import { spawn } from "node:child_process";
import { sendSignal } from "../signal.ts";
import type { ReadinessContext } from "./readiness-watch.ts";

/** Runs the command once; its whole group is killed when the answer is no longer wanted. */
export function askProbe(
  command: readonly string[],
  { spec, env }: ReadinessContext,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const cwd = spec.cwd === undefined ? {} : { cwd: spec.cwd };
    const options = { stdio: "ignore", detached: true, env: env(), ...cwd } as const;
    const child = spawn(command[0] ?? "", command.slice(1), options);
    const { pid } = child;
    const kill = (): void => {
      // It may be another user's (sudo), and not ours to kill.
      if (pid !== undefined && child.exitCode === null && child.signalCode === null) {
        sendSignal(-pid, "SIGKILL");
      }
      resolve(false);
    };
    child.once("error", () => {
      signal.removeEventListener("abort", kill);
      resolve(false);
    });
    child.once("exit", (code) => {
      signal.removeEventListener("abort", kill);
      resolve(code === 0);
    });
    signal.addEventListener("abort", kill);
    if (signal.aborted) kill();
  });
}
