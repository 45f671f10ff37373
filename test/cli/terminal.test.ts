/** What someone sees on a terminal, taken from a real one. */
import { stripVTControlCharacters } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Workshop } from "./workshop.ts";

const workshop = new Workshop();

beforeAll(async () => {
  await workshop.up();
});

afterEach(async () => {
  await workshop.ask("switch", "idle");
});

afterAll(() => workshop.close());

describe("switch on a terminal", () => {
  test("redraws in place, then shows the result and a time line with the longest chain", async () => {
    const { code, stdout } = await workshop.onTerminal(["switch", "teleop"]).ended;
    const plain = stripVTControlCharacters(stdout);

    expect(code).toBe(0);
    expect(stdout).toMatch(/\u001b\[\d+A/);
    expect(plain).toContain("→ teleop");
    expect(plain).toMatch(/✓ teleop changed in/);
    expect(plain).toMatch(/start camera +█*░+ +\d+ ms ◀/);
    expect(plain).toContain("◀ longest chain: camera");
    // The cursor is given back.
    expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
  });

  test("NO_COLOR leaves the colours out, TERM=dumb everything else too", async () => {
    const plain = await workshop.onTerminal(["switch", "teleop"], { NO_COLOR: "1" }).ended;
    await workshop.ask("switch", "idle");
    const dumb = await workshop.onTerminal(["switch", "teleop"], { TERM: "dumb" }).ended;

    expect(plain.stdout).not.toMatch(/\u001b\[\d+(;\d+)*m/);
    expect(dumb.stdout).not.toContain("\u001b");
  });

  test("outside UTF-8 everything is ASCII", async () => {
    const { stdout } = await workshop.onTerminal(["switch", "teleop"], { LANG: "C", LC_ALL: "C" }).ended;

    expect(stdout).toMatch(/^[\u0000-\u007f]*$/);
    expect(stdout).toContain("#");
    for (const command of ["status", "modes"]) {
      const { stdout: page } = await workshop.onTerminal([command], { LANG: "C", LC_ALL: "C" }).ended;
      expect(page).toMatch(/^[\u0000-\u007f]+$/);
    }
  });

  test("Ctrl-C takes the picture away, gives the cursor back and exits 130", async () => {
    const waiting = workshop.onTerminal(["switch", "patient"]);
    await waiting.until("slow");
    waiting.child.stdin?.write("\u0003");
    const { code, stdout } = await waiting.ended;

    expect(code).toBe(130);
    expect(stdout).toContain("The wait was ended");
    expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
  });
});

describe("status --watch on a terminal", () => {
  test.each(["q", "\u0003"])("follows changes on a screen of its own until %j", async (key) => {
    const watching = workshop.onTerminal(["status", "--watch"]);
    await watching.until("q quits");
    await workshop.ask("switch", "teleop");
    await watching.until(/teleop/);
    watching.child.stdin?.write(key);
    const { code, stdout } = await watching.ended;

    expect(code).toBe(0);
    expect(stdout).toContain("\u001b[?1049h");
    expect(stdout.lastIndexOf("\u001b[?1049l")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?1049h"));
  });
});

describe("up on a terminal", () => {
  test("shows mode changes and what the nodes print, tamed and prefixed", async () => {
    const other = new Workshop({
      catalogue: `
namespace: loud
default_mode: idle
nodes: { horn: { command: [sh, -c, 'printf "tut\\\\033[2Jtut\\\\n"; exec sleep 100'] } }
modes: { idle: [], noisy: [horn] }
`,
    });
    const manager = other.onTerminal(["up"], { NO_COLOR: "1" });
    await manager.until(/idle changed/);
    await other.run("switch", "noisy");
    await manager.until("tuttut");
    manager.child.stdin?.write("\u0003");
    const { code, stdout } = await manager.ended;
    await other.close();

    expect(code).toBe(0);
    expect(stdout).toMatch(/loud from modeshift\.yaml, pid \d+\. Ctrl-C stops everything\./);
    expect(stdout).toMatch(/── idle → noisy/);
    expect(stdout).toMatch(/horn │ tuttut/);
    expect(stdout).toContain("stopping every node");
    expect(stdout).not.toContain("\u001b[2J");
  });
});
