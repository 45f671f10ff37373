import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stripVTControlCharacters } from "node:util";
import { widthOf } from "../../src/cli/width.ts";
import { steady, Workshop } from "./workshop.ts";

const workshop = new Workshop();

beforeAll(async () => {
  await workshop.up();
});

afterAll(() => workshop.close());

beforeEach(() => workshop.enter("idle"));

/** Everything but blanks and what differs from run to run, in order. */
function words(text: string): readonly string[] {
  return steady(text.replaceAll(/\s+/g, " ")).trim().split(" ");
}

describe("on a terminal of any width", () => {
  const commands = ["modes", "plan faulty", "why", "why needy", "why nobody", "events", "modes --frob"];

  test("no line is longer than the terminal is wide, and no word is broken", async () => {
    await workshop.ask("switch", "faulty");
    for (const command of commands) {
      const piped = await workshop.ask(...command.split(" "));
      for (const columns of [40, 60, 80, 200]) {
        const { stdout, stderr, code } = await workshop.look(columns, ...command.split(" "));
        const plain = stripVTControlCharacters(stdout + stderr);

        expect(code).toBe(piped.code);
        expect(plain.split("\n").filter((line) => widthOf(line) > columns)).toEqual([]);
        expect(words(plain)).toEqual(words(piped.stdout + piped.stderr));
      }
    }
  });

  test.each([40, 60])("at %i columns the page of status and the time line fit", async (columns) => {
    const shown = await workshop.look(columns, "switch", "teleop");
    const page = await workshop.look(columns, "status");
    const lines = stripVTControlCharacters(shown.stdout + page.stdout).split("\n");

    // The path of the catalogue's file is one word.
    const long = lines.filter((line) => widthOf(line) > columns && !line.includes(workshop.folder));
    expect(long).toEqual([]);
    expect(lines.join("\n")).toMatch(/start camera +█*░+ +\d+ ms ◀/);
    expect(/ PID +NOTES/.test(page.stdout)).toBe(columns >= 60);
  });

  test("--json is one line, however narrow", async () => {
    for (const command of [["status"], ["modes"], ["plan", "teleop"], ["why"]]) {
      const { stdout } = await workshop.look(40, ...command, "--json");

      expect(stdout.trimEnd().split("\n")).toHaveLength(1);
      expect(JSON.parse(stdout)).toMatchObject({ v: 1 });
    }
  });
});

describe("status", () => {
  test("shows mode, health and every node", async () => {
    const { code, stdout } = await workshop.run("status");

    expect(code).toBe(0);
    expect(stdout).toMatch(/^testbot {3}idle {3}ok\n {2}manager pid \d+ · .*modeshift\.yaml/);
    expect(stdout).toMatch(/^● clock +ready /m);
    expect(stdout).toMatch(/^ {2}camera +stopped/m);
  });

  test("--check exits 1 while health is not ok, and says why", async () => {
    expect((await workshop.ask("status", "--check")).code).toBe(0);
    await workshop.ask("switch", "faulty");
    const { code, stdout } = await workshop.run("status", "--check");

    expect(code).toBe(1);
    expect(stdout).toMatch(/^testbot {3}faulty {3}degraded/);
    expect(stdout).toContain("Next: modeshift why broken");
  });

  test("--watch without a terminal prints a line of JSON for every change", async () => {
    const watching = workshop.start(["status", "--watch"]);
    await watching.until('"mode":"idle"');
    await workshop.ask("switch", "teleop");
    await watching.until('"mode":"teleop"');
    watching.child.kill("SIGINT");
    const { code, stdout } = await watching.ended;

    expect(code).toBe(130);
    for (const line of stdout.trim().split("\n")) {
      expect(JSON.parse(line)).toMatchObject({ v: 1, state: { namespace: "testbot" } });
    }
  });
});

describe("modes, plan", () => {
  test("modes lists them in the catalogue's order with the current one marked", async () => {
    const { code, stdout } = await workshop.run("modes");

    expect(code).toBe(0);
    expect(stdout).toMatch(/^● idle {8}clock\n/);
    expect(stdout).toContain("  autonomous  clock, camera, drive\n              only from teleop\n");
    expect(stdout).toContain("urgent · fallback");
  });

  test("plan prints the waves of what would be stopped, started and kept, and changes nothing", async () => {
    await workshop.ask("switch", "teleop");
    const { code, stdout } = await workshop.run("plan", "haunted");
    const status = await workshop.ask("status", "--json");

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "stop    camera, drive\nstart   ghost\nkeep    clock\n",
    });
    expect(JSON.parse(status.stdout)).toMatchObject({ state: { mode: "teleop" } });
  });

  test("plan exits 3 with the reason when the switch would be refused", async () => {
    const { code, stdout } = await workshop.ask("plan", "autonomous");

    expect(code).toBe(3);
    expect(stdout).toContain("Refused (FROM_REFUSED): Mode 'autonomous' may be entered only from: teleop.");
  });

  test("plan exits 3 for an unknown mode and suggests the nearest", async () => {
    const { code, stderr } = await workshop.ask("plan", "telepo");

    expect(code).toBe(3);
    expect(stderr).toContain("Next: did you mean 'teleop'? modeshift plan teleop");
  });

  test("plan --json has the plan, its waves and the refusal", async () => {
    const { stdout } = await workshop.ask("plan", "teleop", "--json");

    expect(JSON.parse(stdout)).toEqual({
      v: 1,
      mode: "teleop",
      stop: [],
      start: [
        { node: "camera", after: [] },
        { node: "drive", after: [] },
      ],
      keep: ["clock"],
      awaited: [],
      stop_waves: [],
      start_waves: [["camera", "drive"]],
      refusal: null,
      observed: true,
    });
  });
});

describe("logs, restart", () => {
  test("logs prints a node's last lines, and with --follow the new ones", async () => {
    await workshop.ask("switch", "teleop");
    const past = await workshop.run("logs", "camera", "--tail", "1");
    const following = workshop.start(["logs", "camera", "--follow", "--tail", "1"]);
    await following.until("streaming");
    await workshop.ask("restart", "camera");
    await following.until("opening");
    following.child.kill("SIGINT");

    expect(past).toMatchObject({ code: 0, stdout: "streaming\n" });
    expect((await following.ended).code).toBe(130);
  });

  test("logs of a node that does not exist exits 3 and suggests the nearest", async () => {
    const { code, stderr } = await workshop.ask("logs", "camra");

    expect(code).toBe(3);
    expect(stderr).toContain("Next: did you mean 'camera'?");
  });

  test("restart returns when the node is ready again, with another process", async () => {
    await workshop.ask("switch", "teleop");
    const pidOf = async (): Promise<unknown> => {
      const { state } = JSON.parse((await workshop.ask("status", "--json")).stdout) as {
        state: { nodes: { node: string; pid: number }[] };
      };
      return state.nodes.find(({ node }) => node === "camera")?.pid;
    };
    const before = await pidOf();
    const { code, stdout } = await workshop.run("restart", "camera");

    expect(code).toBe(0);
    expect(steady(stdout)).toBe("✓ camera is ready again after T, pid PID\n");
    expect(await pidOf()).not.toBe(before);
  });

  test("restart of a node that the mode does not list is refused, and the mode that would start it is named", async () => {
    const { code, stderr } = await workshop.ask("restart", "drive");

    expect(code).toBe(3);
    expect(stderr).toContain("drive");
    expect(stderr).toContain("Next: modeshift switch teleop, which starts it");
  });
});

describe("graph", () => {
  test("--json is JSON in every format, also when the picture goes to a file", async () => {
    for (const format of ["mermaid", "svg", "xstate"]) {
      const { stdout } = await workshop.ask("graph", "--format", format, "--json");
      expect(JSON.parse(stdout)).toMatchObject(format === "xstate" ? { type: "parallel" } : { v: 1, format });
    }
    const { stdout } = await workshop.ask("graph", "--json", "--output", "modes.mmd");

    expect(JSON.parse(stdout)).toEqual({ v: 1, format: "mermaid", of: "both", file: "modes.mmd" });
  });
});

describe("events", () => {
  test("events prints the last ones, oldest first", async () => {
    await workshop.ask("switch", "teleop", "--id", "ev-1");
    const { code, stdout } = await workshop.run("events", "--tail", "3", "--json");
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { seq: number; type: string });

    expect(code).toBe(0);
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect(events.some(({ type }) => type === "result")).toBe(true);
  });

  test("I16: events --follow shows the past ones and then every new one, each once", async () => {
    const following = workshop.start(["events", "--follow", "--json", "--tail", "1000"]);
    await following.until('"type":"result"');
    await workshop.ask("switch", "teleop", "--id", "follow-1");
    await following.until(/"type":"result","id":"follow-1"/);
    following.child.kill("SIGINT");
    const { stdout } = await following.ended;
    const seqs = stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { seq: number }).seq);

    expect(new Set(seqs).size).toBe(seqs.length);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  });
});
