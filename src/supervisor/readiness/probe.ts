/**
 * `ready: { exec }`: a command of the user's exits with 0.
 *
 * It runs with the node's environment, marker included: whatever it leaves behind goes with the node's tree. The spawner
 * starts it, so that a manager with much memory does not fork itself at every question (ADR 0007).
 */
import { devNull } from "node:os";
import { isStill, type ProcessIdentity } from "../process-tree.ts";
import { sendSignal } from "../signal.ts";
import type { ReadinessContext } from "./readiness-watch.ts";

/** Runs the command once; its whole group is killed when the answer is no longer wanted. */
export function askProbe(
  [program = "", ...argv]: readonly string[],
  { spec, own, spawn }: ReadinessContext,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    let leader: ProcessIdentity | undefined;
    const giveUp = (): void => {
      // It may be another user's (sudo), and not ours to kill.
      if (leader !== undefined && isStill(leader)) sendSignal(-leader.pid, "SIGKILL");
      resolve(false);
    };
    const end = (isReady: boolean): void => {
      leader = undefined;
      signal.removeEventListener("abort", giveUp);
      resolve(isReady);
    };
    const { cwd = null } = spec;
    const order = { argv: [program, ...argv], cgroup: null, cwd, own, log: devNull, fd: null } as const;
    spawn(order, {
      spawned: (started) => {
        leader = started;
        if (signal.aborted) giveUp();
      },
      failed: () => {
        end(false);
      },
      said: () => undefined,
      exited: (code) => {
        end(code === 0);
      },
      find: () => undefined,
    });
    signal.addEventListener("abort", giveUp);
  });
}
