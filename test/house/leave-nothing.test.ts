/** The check at the end of every run (scripts/leave-nothing.ts) sees what it is there for. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { leftBehind } from "../../scripts/leave-nothing.ts";

test("I15: a process and a folder of ours that a test leaves behind are named, a browser's scratch is not", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "modeshift-leaving-"));
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
    env: { ...process.env, TMPDIR: folder },
    stdio: "ignore",
  });
  try {
    await once(child, "spawn");
    mkdirSync(path.join(folder, "modeshift-forgotten"));
    mkdirSync(path.join(folder, "org.chromium.scratch"));

    expect(await leftBehind(folder, 0)).toEqual([
      expect.stringContaining(`${child.pid} ${process.execPath} -e`),
      path.join(folder, "modeshift-forgotten"),
    ]);
    const left = leftBehind(folder, 5000);
    child.kill();
    expect(await left).toEqual([path.join(folder, "modeshift-forgotten")]);
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});
