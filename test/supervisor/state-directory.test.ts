/** The state directory: where it is, and the place that survives the manager. */
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { defaultStateDir, StateDirectory } from "../../src/supervisor/state-directory.ts";
import type { PlaceRecord } from "../../src/supervisor/supervisor.ts";
import { openProcesses } from "./open-processes.ts";
import { scratchDirectory } from "./process-harness.ts";

function scratch(): string {
  const directory = scratchDirectory();
  onTestFinished(() => directory.remove());
  return directory.path;
}

const place: PlaceRecord = {
  settled: "idle",
  target: "__proto__",
  request: { id: "r-1", mode: "__proto__" },
  urgent: true,
};

test("it is below XDG_STATE_HOME, else below ~/.local/state", () => {
  expect(defaultStateDir("rover-1", { XDG_STATE_HOME: "/state" })).toBe("/state/modeshift/rover-1");
  expect(defaultStateDir("rover-1", { XDG_STATE_HOME: "" })).toMatch(/\/\.local\/state\/modeshift\/rover-1$/);
});

test("it is made for its user only, with the same id every time", () => {
  const path = join(scratch(), "deep", "state");

  const { id } = new StateDirectory(path);

  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(new StateDirectory(path).id).toBe(id);
  expect(new StateDirectory(scratch()).id).not.toBe(id);
});

test("STATE_UNWRITABLE says what to do", () => {
  const file = join(scratch(), "file");
  writeFileSync(file, "");

  expect(() => new StateDirectory(join(file, "state"))).toThrow(
    expect.objectContaining({
      code: "STATE_UNWRITABLE",
      message: expect.stringContaining("service.state_dir"),
    }),
  );
});

test("STATE_UNWRITABLE at once where a parent is there and takes no entry", () => {
  // mkdir says ENOENT under /proc, as it does in an automounter's folder.
  expect(() => new StateDirectory("/proc/modeshift/state")).toThrow(
    expect.objectContaining({ code: "STATE_UNWRITABLE" }),
  );
});

test("a place is read back, replaced as a whole, and erased", () => {
  const directory = new StateDirectory(scratch());
  expect(directory.readPlace()).toBe(null);

  directory.writePlace({ ...place, settled: null });
  directory.writePlace(place);

  expect(directory.readPlace()).toEqual(place);
  expect(readdirSync(directory.path)).toEqual(["place.json"]);
  directory.writePlace(null);
  expect(directory.readPlace()).toBe(null);
});

test("I13: a place that makes no sense is none, or as much as does", () => {
  const directory = new StateDirectory(scratch());
  const file = directory.file("place.json");

  for (const text of ["", "{", "null", "7"]) {
    writeFileSync(file, text);
    expect(directory.readPlace()).toBe(null);
  }
  writeFileSync(file, '{"settled":3,"target":"idle","request":{"id":1},"urgent":"yes"}');
  expect(directory.readPlace()).toEqual({ settled: null, target: "idle", request: null, urgent: false });
});

test("a place that cannot be written is reported and does no harm", async () => {
  const { supervisor, stateDir } = await openProcesses({});
  mkdirSync(join(stateDir, "place.json"));

  supervisor.record?.(place);

  expect(supervisor.capabilities.notes).toEqual([
    expect.stringMatching(/^the manager's place cannot be recorded/),
  ]);
});
