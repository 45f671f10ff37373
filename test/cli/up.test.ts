import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workshop, type Running } from "./workshop.ts";

let workshop: Workshop;

beforeEach(() => {
  workshop = new Workshop();
});

afterEach(() => workshop.close());

function linesOf(
  manager: Running,
): { readonly msg: string; readonly level: number; readonly node?: string; readonly state?: string }[] {
  return manager
    .stdout()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function pidsOf(): Promise<number[]> {
  const { stdout } = await workshop.ask("status", "--json");
  const { state } = JSON.parse(stdout) as { state: { nodes: { pid?: number }[] } };
  return state.nodes.flatMap(({ pid }) => pid ?? []);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("up", () => {
  test("without a terminal it writes a JSON log and nothing else", async () => {
    const manager = await workshop.up();
    await workshop.ask("switch", "teleop");
    await workshop.ask("down");
    const { code, stderr } = await manager.ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // Who reads JSON keeps one value of a key: the node's pid, and the manager's under its own name.
    expect(manager.stdout().match(/^.*"pid":.*"pid":.*$/m)).toBeNull();
    expect(linesOf(manager)).toContainEqual(
      expect.objectContaining({
        msg: "camera ready",
        pid: expect.any(Number),
        managerPid: manager.child.pid,
      }),
    );
    expect(linesOf(manager).map(({ msg }) => msg)).toEqual(
      expect.arrayContaining([
        "starting",
        "boot: nothing to idle",
        "camera ready",
        "mode changed",
        "manager down",
      ]),
    );
  });

  test("the door is a socket that only its owner can open, in a directory of its own", async () => {
    await workshop.upHere();

    expect(statSync(workshop.door()).isSocket()).toBe(true);
    // A moment after it answers; until then its directory keeps others out.
    await expect.poll(() => statSync(workshop.door()).mode & 0o777).toBe(0o600);
    expect(statSync(`${workshop.runtime}/modeshift`).mode & 0o777).toBe(0o700);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "I18: %s stops every node in order and exits 0",
    async (signal) => {
      const manager = await workshop.up(["--mode", "teleop"]);
      const pids = await pidsOf();
      manager.child.kill(signal);
      const { code } = await manager.ended;
      const stopped = linesOf(manager).filter(({ state }) => state === "stopped");

      expect(code).toBe(0);
      expect(pids).toHaveLength(3);
      expect(pids.filter(isAlive)).toEqual([]);
      // Its dependents first.
      expect(stopped.at(-1)?.node).toBe("clock");
      expect((await workshop.ask("status")).code).toBe(5);
    },
  );

  test("I18: a second signal kills every node, and the exit code says that it was not in order", async () => {
    workshop.write(
      "modeshift.yaml",
      `
namespace: testbot
default_mode: stubborn
nodes: { mule: { command: [sh, -c, "trap '' TERM; echo ready; while :; do sleep 0.05; done"], ready: { log: ready }, stop_timeout: 50s } }
modes: { stubborn: [mule] }
`,
    );
    const manager = await workshop.up();
    const [mule = 0] = await pidsOf();
    manager.child.kill("SIGINT");
    await manager.until('"msg":"mule stopping"');
    expect(isAlive(mule)).toBe(true);
    manager.child.kill("SIGINT");

    expect((await manager.ended).code).toBe(130);
    expect(isAlive(mule)).toBe(false);
  });

  test("I18: a request that is running when the manager is stopped is answered", async () => {
    const manager = await workshop.up();
    const waiting = workshop.start(["switch", "patient", "--json"]);
    await manager.until('"msg":"slow starting"');
    await workshop.ask("down");
    const { code, stdout } = await waiting.ended;

    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "superseded", reason: { code: "SHUTDOWN" } });
  });

  test("it goes on when nobody reads its log any more", async () => {
    const manager = await workshop.up();
    manager.child.stdout?.destroy();
    manager.child.stderr?.destroy();
    const switched = await workshop.ask("switch", "teleop");
    const down = await workshop.ask("down");

    expect(switched.code).toBe(0);
    expect(down.code).toBe(0);
    expect((await manager.ended).code).toBe(0);
  });

  test("the lines of its log are in order to the end, however long a write takes", async () => {
    const view = pathToFileURL(join(import.meta.dirname, "../../dist/cli/views/json-up-view.js")).href;
    // The only thread that writes is busy when the first line is written, and still is at the end.
    const code = `
      import { pbkdf2 } from "node:crypto";
      import { openJsonUpView } from ${JSON.stringify(view)};
      pbkdf2("", "", 30_000, 64, "sha512", () => undefined);
      const view = openJsonUpView({ host: { env: {}, pid: 1 } }, { namespace: "testbot", source: "" });
      view.say("down");
      await view.close();
      process.exit();
    `;
    const argv = [process.execPath, "--input-type=module", "-e", code];
    const { stdout } = await workshop.spawn(argv, { env: { UV_THREADPOOL_SIZE: "1" } }).ended;

    expect(stdout.match(/"msg":"\w+"/g)).toEqual(['"msg":"starting"', '"msg":"down"']);
  });

  test("--mode enters another mode first", async () => {
    await workshop.upHere("--mode", "teleop");

    expect((await workshop.ask("status")).stdout).toMatch(/^testbot {3}teleop {3}ok/);
  });

  test("--mode with an unknown mode exits 3 before anything is started", async () => {
    const { code, stdout, stderr } = await workshop.ask("up", "--mode", "telepo");

    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("Next: did you mean 'teleop'? modeshift up --mode teleop");
  });

  test("a second up in the same namespace exits 5 and says who holds it", async () => {
    const first = await workshop.up();
    const { code, stderr } = await workshop.ask("up");

    expect(code).toBe(5);
    expect(stderr).toContain(
      `A manager of namespace 'testbot' is running already: pid ${first.child.pid}, from ${workshop.folder}/modeshift.yaml, in mode idle.`,
    );
    expect(stderr).toContain("Next: modeshift status shows it, modeshift down stops it");
  });

  test("a second up with the same state, but another door, is refused by the lock", async () => {
    await workshop.upHere();
    const { code, stderr } = await workshop.start(["up"], {
      env: { XDG_RUNTIME_DIR: "", TMPDIR: workshop.folder },
    }).ended;

    expect(code).toBe(5);
    expect(stderr).toContain("Next: modeshift status");
  });

  test("a manager whose robot was taken over exits 5 and says so", async () => {
    const manager = await workshop.up();
    const pids = await pidsOf();
    const state = join(workshop.folder, ".state/modeshift/testbot");
    writeFileSync(join(state, "lock.2"), "1 1 boot elsewhere\n");
    rmSync(join(state, "lock.1"));
    const { code, stderr } = await manager.ended;

    expect(code).toBe(5);
    expect(stderr).toContain("Another manager has taken this robot over");
    expect(stderr).toContain("Next: modeshift status shows who holds the nodes now");
    // They are the other manager's now, and this test has none.
    expect(pids.filter(isAlive)).toEqual(pids);
    for (const pid of pids) process.kill(pid, "SIGKILL");
  });

  test("two namespaces run side by side", async () => {
    await workshop.upHere();
    await workshop.upHere("-n", "other");

    expect((await workshop.ask("status", "-n", "other")).stdout).toMatch(/^other {3}idle/);
    expect((await workshop.ask("status")).stdout).toMatch(/^testbot {3}idle/);
  });

  test("without XDG_RUNTIME_DIR the door is in a private directory under the temporary directory", async () => {
    const env = { XDG_RUNTIME_DIR: "", TMPDIR: workshop.folder };
    await workshop.up([], env);
    const { code } = await workshop.start(["status"], { env }).ended;

    expect(code).toBe(0);
    expect(statSync(`${workshop.folder}/modeshift-${process.getuid?.()}`).mode & 0o777).toBe(0o700);
  });

  test("down returns when the last node is gone", async () => {
    const manager = await workshop.up(["--mode", "teleop"]);
    const pids = await pidsOf();
    const { code, stdout } = await workshop.ask("down", "--json");

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      v: 1,
      namespace: "testbot",
      pid: manager.child.pid,
      stopped: ["clock", "camera", "drive"],
    });
    expect(pids.filter(isAlive)).toEqual([]);
    expect((await manager.ended).code).toBe(0);
  });
});
