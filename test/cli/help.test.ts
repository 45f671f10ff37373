import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commands, globalOptions } from "../../src/cli/command-table.ts";
import { Workshop } from "./workshop.ts";

const workshop = new Workshop({ catalogue: null });

afterAll(() => workshop.close());

describe("help", () => {
  test("lists every command with a summary, and says where to start", async () => {
    const { code, stdout, stderr } = await workshop.run("--help");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    expect(stdout).toContain("Start here: modeshift init");
  });

  test.each(commands.map((spec) => spec.name))(
    "%s --help shows its options, the common ones, and examples",
    async (name) => {
      const { code, stdout, stderr } = await workshop.ask(name, "--help");

      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("Examples:\n  $ modeshift");
      for (const [flags] of globalOptions) expect(stdout).toContain(flags);
    },
  );

  test("loads commander and nothing else", async () => {
    const coverage = join(workshop.folder, "coverage");
    mkdirSync(coverage);
    await workshop.start(["--help"], { env: { NODE_V8_COVERAGE: coverage } }).ended;

    const loaded = readdirSync(coverage).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(coverage, file), "utf8")) as {
        result: { url: string }[];
      };
      return result.map(({ url }) => url).filter((url) => url.startsWith("file:"));
    });
    const packages = new Set(
      loaded
        .filter((url) => url.includes("node_modules"))
        .map((url) => /node_modules\/([^/]+)/.exec(url)?.[1]),
    );
    const own = loaded
      .filter((url) => !url.includes("node_modules"))
      .map((url) => url.replace(/.*\/dist\//, ""));

    expect([...packages]).toEqual(["commander"]);
    expect(own.toSorted()).toEqual([
      "cli/advice.js",
      "cli/command-table.js",
      "cli/exit-codes.js",
      "cli/fault.js",
      "cli/main.js",
      "cli/run.js",
      "cli/session.js",
      "cli/style.js",
      "cli/width.js",
      "errors.js",
    ]);
  });

  test("prints the version of the package", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

    expect(await workshop.run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect(await workshop.ask("-v")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("help, and help of a command, are what --help prints", async () => {
    expect(await workshop.ask("help")).toEqual(await workshop.ask("--help"));
    expect(await workshop.ask("help", "switch")).toEqual(await workshop.ask("switch", "--help"));
  });
});

describe("a wrong command line exits 64, suggests, and says what to do next", () => {
  test.each([
    [
      ["swich", "teleop"],
      "modeshift: Unknown command 'swich'.",
      "Next: did you mean 'switch'? modeshift switch teleop\n",
    ],
    [["dance"], "Unknown command 'dance'", "Next: modeshift --help lists the commands\n"],
    [["switch"], "Missing required argument 'mode'", "Next: modeshift switch --help"],
    [["switch", "a", "b"], "Too many arguments", "Next: modeshift switch --help"],
    [
      ["status", "--wach"],
      "Unknown option '--wach'",
      "Next: did you mean '--watch'? modeshift status --watch",
    ],
    [["status", "--dance"], "Unknown option '--dance'", "Next: modeshift status --help has examples"],
    [
      ["switch", "idle", "--on-busy", "shove"],
      "--on-busy is 'shove'",
      "Next: use one of preempt, queue, reject",
    ],
    [["switch", "idle", "--timeout", "soon"], "--timeout is 'soon'", "Next: give a time"],
    [["switch", "idle", "--id", "a b"], "--id is 'a b'", "Next: use 1 to 128"],
    [["events", "--tail", "many"], "--tail is 'many'", "Next: give a whole number"],
    [["up", "--inspect", "99999"], "--inspect is '99999'", "Next: give a port"],
    [["graph", "--format", "gif"], "--format is 'gif'", "Next: use one of mermaid, svg, xstate"],
    [["status", "-n", "../x"], "'../x' is no namespace", "Next: give the catalogue's namespace"],
  ])("%j", async (args, message, next) => {
    const { code, stdout, stderr } = await workshop.ask(...args);

    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain(next);
  });

  test("a real process exits 64 too", async () => {
    expect(await workshop.run("swich", "teleop")).toMatchObject({ code: 64, stdout: "" });
  });

  test("no command at all prints the help", async () => {
    const { code, stderr } = await workshop.ask();

    expect(code).toBe(64);
    expect(stderr).toContain("Usage: modeshift <command>");
  });

  test("with --json a mistyped command is one JSON object too", async () => {
    const { stderr } = await workshop.ask("swich", "--json");

    expect(JSON.parse(stderr)).toMatchObject({ v: 1, error: { code: "BAD_OPTION" } });
  });

  test("with --json the error is one JSON object on stderr", async () => {
    const { code, stderr } = await workshop.ask("switch", "idle", "--timeout", "soon", "--json");

    expect(code).toBe(64);
    expect(JSON.parse(stderr)).toEqual({
      v: 1,
      error: {
        code: "BAD_OPTION",
        message: "--timeout is 'soon'.",
        next: "give a time, such as --timeout 10s or 500ms",
      },
    });
  });
});
