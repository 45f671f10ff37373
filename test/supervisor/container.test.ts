/**
 * A manager as a container has it: PID 1 of a PID namespace, where nobody reaps what its nodes leave behind
 * (docs/how-to/container.md).
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loneManager, type LoneManager } from "./lone-manager.ts";
import { shell } from "./open-processes.ts";
import { pidsWith, scratchDirectory } from "./process-harness.ts";

const within = [
  "unshare",
  ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
  ...["--pid", "--fork", "--kill-child", "--mount-proc"],
];
const canUnshare = spawnSync(within[0] ?? "", [...within.slice(1), "true"]).status === 0;

describe.runIf(canUnshare)("a manager that is PID 1", () => {
  const token = `container-${process.pid}`;
  const daemons = (): readonly number[] => pidsWith(`:  ${token}`);
  const boot = async (): Promise<LoneManager> => {
    const { path, remove } = scratchDirectory();
    onTestFinished(remove);
    // The daemon's name is made in the shell, so that it is not in anybody else's argv.
    const node = shell(
      `for i in 1 2 3; do setsid sh -c "sleep 1000 & : $MARK ${token}; wait" & done; exec sleep 1000`,
    );
    const manager = loneManager(join(path, "state"), { node }, { within, how: "group" });
    await manager.line("open");
    expect(await manager.start("node")).toBe("ok");
    await expect.poll(() => daemons().length).toBeGreaterThan(2);
    return manager;
  };

  test("stops whole trees, although their zombies stay", async () => {
    const manager = await boot();

    expect(await manager.stop("node")).toBe("ok");

    expect(daemons()).toEqual([]);
    expect(await manager.state("node")).toBe("stopped");
  });

  test("takes everything with it when it dies", async () => {
    const manager = await boot();

    manager.child.kill("SIGKILL");

    await expect.poll(daemons).toEqual([]);
  });
});
