/** What `init` writes, and what it says to type next. */
import { afterEach, expect, test } from "vitest";
import { Workshop } from "./workshop.ts";

let workshop: Workshop;

afterEach(() => workshop.close());

test("a folder whose name a shell would split is quoted in what to type next", async () => {
  workshop = new Workshop({ catalogue: null });
  const { code, stdout } = await workshop.ask("init", "my robot's");

  expect(code).toBe(0);
  expect(stdout).toContain("Next: cd 'my robot'\\''s' && modeshift up, and");
});

test("what it writes is valid, holds what it states, and is overwritten by nothing", async () => {
  workshop = new Workshop({ catalogue: null });
  const { stdout } = await workshop.ask("init", "-n", "rover-1");
  expect(stdout).toContain("Next: modeshift up, and");

  expect(await workshop.ask("check")).toMatchObject({ code: 0, stderr: "" });
  expect(await workshop.ask("init")).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(/overwrites nothing\.\nNext: modeshift up runs what is there/),
  });
});

test.runIf(process.platform === "linux")(
  "below /proc, where no folder can be made, it says so instead of trying for ever",
  async () => {
    workshop = new Workshop({ catalogue: null });

    expect(await workshop.ask("init", "/proc/robot")).toMatchObject({
      code: 64,
      stdout: "",
      stderr: expect.stringMatching(
        /^modeshift: \/proc\/robot\/modeshift\.yaml cannot be written: .*\nNext: choose a folder/,
      ),
    });
  },
);
