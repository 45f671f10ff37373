/** What the user is told to type works where they are: with `npx` where that is needed, and naming the robot again. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { asTypedBy, shellWord } from "../../src/cli/advice.ts";
import { commands } from "../../src/cli/command-table.ts";
import { Workshop } from "./workshop.ts";

const workshop = new Workshop({ catalogue: null });

afterAll(() => workshop.close());

describe("how the command is called", () => {
  const global = { PATH: `/nowhere:${workshop.bin}` };

  test.each(commands.map(({ name }) => name))("%s is known, wherever it stands in a sentence", (name) => {
    expect(asTypedBy({ PATH: "" })(`try 'modeshift ${name}', or modeshift ${name} x.`)).toBe(
      `try 'npx modeshift ${name}', or npx modeshift ${name} x.`,
    );
  });

  test("as itself where it is on the PATH, by npx where it is not or was called by npx", () => {
    expect(asTypedBy(global)("modeshift up")).toBe("modeshift up");
    expect(asTypedBy({ PATH: "/nowhere" })("modeshift up")).toBe("npx modeshift up");
    expect(asTypedBy({})("modeshift up")).toBe("npx modeshift up");
    expect(asTypedBy({ ...global, npm_command: "exec" })("modeshift up")).toBe("npx modeshift up");
  });

  test("what npm puts on the PATH of its scripts is not on the user's", () => {
    const bin = join(workshop.folder, "node_modules/.bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "modeshift"), "#!/bin/sh\n");
    chmodSync(join(bin, "modeshift"), 0o755);

    expect(asTypedBy({ PATH: bin, npm_execpath: "/npm" })("modeshift up")).toBe("npx modeshift up");
    expect(asTypedBy({ PATH: bin })("modeshift up")).toBe("modeshift up");
  });

  test("sentences about modeshift, paths, and what has npx already are left alone", () => {
    const text =
      "modeshift sets this; /x/modeshift up; npx modeshift up; modeshift runs on Linux; modeshift upgrade";
    expect(asTypedBy({ PATH: "" })(text)).toBe(text);
  });

  test("the options that named the robot are named again, quoted, and without a password", () => {
    const given = {
      config: "my robots/a.yaml",
      namespace: "rover-1",
      redis: "redis://me:secret@host:6379/1",
    };

    expect(asTypedBy(global, given)("modeshift why camera")).toBe(
      "modeshift --config 'my robots/a.yaml' -n rover-1 --redis 'redis://me:***@host:6379/1' why camera",
    );
    expect(asTypedBy(global, given)("modeshift init")).toBe("modeshift init");
  });

  test("a name that a shell would split is one word", () => {
    expect(["camera", "a b", "it's", "$x"].map(shellWord)).toEqual(["camera", "'a b'", "'it'\\''s'", "'$x'"]);
  });
});

test("errors, results, help and JSON say what works after npm install in a folder", async () => {
  const installed = new Workshop({ env: { PATH: "/usr/bin:/bin" } });
  try {
    expect((await installed.ask("status")).stderr).toMatch(/\nNext: npx modeshift up\n$/);
    expect((await installed.ask("status", "-n", "other")).stderr).toMatch(
      /\nNext: npx modeshift -n other up\n$/,
    );
    expect((await installed.ask("status", "--json")).stderr).toContain(`"next":"npx modeshift up"`);
    expect((await installed.ask("plan", "telepo")).stderr).toMatch(/\? npx modeshift plan teleop\n$/);
    expect((await installed.ask("--help")).stdout).toContain("Start here: npx modeshift init my-robot");
    expect((await installed.ask("why", "--help")).stdout).toContain("  $ npx modeshift why camera");
    expect((await installed.ask("init", "robot")).stdout).toContain("cd robot && npx modeshift up, and");
  } finally {
    await installed.close();
  }
});

test("an answer over a robot's namespace says it again in what to type next", async () => {
  const robot = new Workshop();
  try {
    await robot.up();
    const { stdout } = await robot.ask("switch", "telepo", "-n", "testbot");

    expect(stdout).toMatch(/Next: did you mean 'teleop'\? modeshift -n testbot switch teleop\n$/);
  } finally {
    await robot.close();
  }
});

test("a file that was checked is named again in what to do next", async () => {
  const robot = new Workshop({ catalogue: "nodes: [" });
  try {
    const { code, stderr } = await robot.ask("check", "modeshift.yaml");

    expect(code).toBe(4);
    expect(stderr).toMatch(/\nNext: mend the lines above, then run modeshift check modeshift\.yaml\n$/);
  } finally {
    await robot.close();
  }
});
