/** The units in docs/how-to/systemd.md, read by systemd itself. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { scratchDirectory } from "./process-harness.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/how-to/systemd.md"), "utf8");
const units = [...page.matchAll(/```ini (\S+)\n(.*?)```/gs)].map(([, name = "", text = ""]) => ({
  name,
  text,
}));
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

test.runIf(hasSystemd)("systemd finds nothing wrong with the units that the documentation shows", () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  for (const { name, text } of units) writeFileSync(join(path, name), text);
  expect(units.map(({ name }) => name)).toEqual(["rover.service", "rover-ready.service"]);

  const { stderr, status } = spawnSync(
    "systemd-analyze",
    ["verify", "--man=no", "--generators=no", ...units.map(({ name }) => join(path, name))],
    { encoding: "utf8", env: { ...process.env, SYSTEMD_UNIT_PATH: `${path}:` } },
  );

  // What is said of other units of this machine is not ours.
  expect(stderr.split("\n").filter((line) => line.includes("rover"))).toEqual([]);
  expect(status).toBe(0);
});

test.runIf(hasSystemd)("a line that systemd does not know would be found", () => {
  const { path, remove } = scratchDirectory();
  onTestFinished(remove);
  const [unit] = units;
  writeFileSync(join(path, "rover.service"), `${unit?.text}\n[Service]\nKilMode=mixed\n`);

  const argv = ["verify", "--man=no", join(path, "rover.service")];
  const { stderr } = spawnSync("systemd-analyze", argv, { encoding: "utf8" });

  expect(stderr).toContain("KilMode");
});
