/** The command line where the system gives it little: too few files, a folder that is no more. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Workshop } from "./workshop.ts";

const bin = join(import.meta.dirname, "../../dist/cli/main.js");
let workshop: Workshop;

function open(): Workshop {
  workshop = new Workshop();
  return workshop;
}

afterEach(() => workshop.close());

test.runIf(spawnSync("prlimit", ["--version"]).status === 0)(
  "too few files may be open to read a catalogue: what to raise is said",
  () => {
    const { folder, env } = open();
    const argv = ["--nofile=64", process.execPath, bin, "check"];
    const { status, stderr } = spawnSync("prlimit", argv, { cwd: folder, env, encoding: "utf8" });

    expect(status).toBe(70);
    expect(stderr).toMatch(/EMFILE.*\nNext: raise the limit of open files/);
  },
);

test("in a folder that has been removed a command finds its robot by name", () => {
  const { folder, env } = open();
  const line = `mkdir gone; cd gone; rmdir ../gone; exec ${process.execPath} ${bin} status -n nobody`;
  const { status, stderr } = spawnSync("sh", ["-c", line], { cwd: folder, env, encoding: "utf8" });

  expect({ status, stderr }).toMatchObject({
    status: 5,
    stderr: expect.stringContaining("No manager of namespace 'nobody'"),
  });
});
