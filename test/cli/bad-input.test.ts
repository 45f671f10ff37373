import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { freePort, startRedisServer } from "../fixtures/redis-server.ts";
import { runHere } from "../fixtures/command-line.ts";
import { Workshop, type WorkshopOptions } from "./workshop.ts";

let workshop: Workshop;

function open(options?: WorkshopOptions): Workshop {
  workshop = new Workshop(options);
  return workshop;
}

afterEach(() => workshop.close());

const needManager = [
  ["status"],
  ["switch", "idle"],
  ["down"],
  ["events"],
  ["logs", "clock"],
  ["restart", "clock"],
  ["why", "clock"],
  ["inspect"],
];

describe("no manager", () => {
  test.each(needManager)("%s exits 5 and prints the command to run", async (...args) => {
    const { code, stdout, stderr } = await open().ask(...args);

    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
    expect(stderr).toBe(
      "modeshift: No manager of namespace 'testbot' is running on this machine.\nNext: modeshift up\n",
    );
  });

  test("the command to run repeats --config and --namespace", async () => {
    const { stderr } = await open().ask("status", "-c", "modeshift.yaml", "-n", "other");

    expect(stderr).toContain("Next: modeshift --config modeshift.yaml -n other up");
  });

  test("another robot's manager is named", async () => {
    await open().upHere("-n", "other");
    const { code, stderr } = await workshop.ask("status");

    expect(code).toBe(5);
    expect(stderr).toContain("Running: other.");
    expect(stderr).toContain("such as -n other");
  });

  test("modes and plan work from the catalogue alone", async () => {
    open();

    expect(await workshop.ask("modes")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("  idle  "),
    });
    expect(await workshop.ask("plan", "teleop")).toMatchObject({
      code: 0,
      stdout: "start   clock\n  then  camera, drive\n",
      stderr: "No manager runs: this is the plan from nothing running.\n",
    });
    expect((await workshop.ask("plan", "telepo")).code).toBe(3);
  });

  test("a manager that runs is found from a folder without a catalogue", async () => {
    await open().upHere();
    const elsewhere = join(workshop.folder, "elsewhere");
    mkdirSync(elsewhere);

    expect((await runHere(["status"], { cwd: elsewhere, env: workshop.env })).stdout).toMatch(
      /^testbot {3}idle/,
    );
  });
});

describe("no catalogue", () => {
  test.each([["up"], ["status"], ["check"], ["modes"], ["graph"]])(
    "%s exits 4 and names init and --config",
    async (name) => {
      const { code, stderr } = await open({ catalogue: null }).ask(name);

      expect(code).toBe(4);
      expect(stderr).toContain("There is no catalogue in");
      expect(stderr).toContain("Next: modeshift init");
    },
  );

  test("a file that does not exist", async () => {
    const { code, stderr } = await open({ catalogue: null }).ask("up", "--config", "nope.yaml");

    expect(code).toBe(4);
    expect(stderr).toContain("nope.yaml cannot be read: there is no such file");
  });
});

describe("a broken catalogue", () => {
  test("broken YAML is reported with line and column", async () => {
    const { code, stderr } = await open({ catalogue: "default_mode: idle\nmodes:\n  idle: [clock\n" }).run(
      "up",
    );

    expect(code).toBe(4);
    expect(stderr).toMatch(/modeshift\.yaml: 1 problem\n.*\d+:\d+ /);
  });

  test("one mistake is told once, with a path as it is typed here", async () => {
    const { stderr } = await open({ catalogue: "nodes:\n  a: { command: [node\nmodes: {}\n" }).ask("check");

    expect(stderr.match(/is not closed/g)).toHaveLength(1);
    expect(stderr).toMatch(/^modeshift: modeshift\.yaml: 1 problem\n {2}modeshift\.yaml:\d+:\d+ /);
  });

  test("an unknown key is reported with a suggestion, all problems at once", async () => {
    const catalogue =
      "defualt_mode: idle\nmodes:\n  idle: { nodes: [clock], form: [idle] }\nnodes:\n  clock: { command: sleep 5 }\n";
    const { code, stderr } = await open({ catalogue }).ask("check");

    expect(code).toBe(4);
    expect(stderr).toContain("Did you mean 'default_mode'?");
    expect(stderr).toContain("Did you mean 'from'?");
    expect(stderr).toContain("[sleep,");
    expect(stderr).toContain("Next: mend the lines above, then run modeshift check");
  });

  test("check --json has the problems with their places on stdout", async () => {
    const { code, stdout } = await open({ catalogue: "defualt_mode: idle\nmodes: { idle: [] }\n" }).ask(
      "check",
      "--json",
    );

    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      valid: false,
      problems: [{ path: "defualt_mode", line: 1, column: 1 }, {}],
    });
  });

  test("it keeps nobody from stopping the robot", async () => {
    await open().upHere();
    workshop.write("modeshift.yaml", "namespace: testbot\nmodse: {}\n");

    expect(await workshop.run("down")).toMatchObject({
      code: 0,
      stdout: "✓ testbot is down; stopped clock\n",
    });
  });
});

describe("a wrong Redis", () => {
  test("up with a URL that cannot be read exits 64 and does not show it", async () => {
    const { code, stderr } = await open().ask("up", "--redis", "http://user:secret@nowhere");

    expect(code).toBe(64);
    expect(stderr).toContain("must look like redis://host:6379");
    expect(stderr).not.toContain("secret");
  });

  test("up with a port that refuses runs without it, says so on stderr, and its door works", async () => {
    const port = await freePort();
    const manager = await open().up(["--redis", `redis://127.0.0.1:${port}`]);
    await manager.until(/bus (connecting|fault): .*127\.0\.0\.1/);
    const { code, stdout } = await workshop.ask("switch", "teleop");

    expect(code).toBe(0);
    expect(stdout).toContain("teleop changed");
    expect(manager.stderr()).toContain(String(port));
  });

  test("a client whose Redis refuses takes the local door and says so", async () => {
    await open().upHere();
    const port = await freePort();
    const { code, stdout, stderr } = await workshop.ask("status", "--redis", `redis://127.0.0.1:${port}`);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^testbot {3}idle/);
    expect(stderr).toMatch(/^Warning: Redis at 127\.0\.0\.1:\d+ .* Using the local door\.\n$/);
  });

  test("with --json that is one JSON object on stderr", async () => {
    await open().upHere();
    const { code, stderr } = await workshop.ask(
      "status",
      "--json",
      "--redis",
      `redis://127.0.0.1:${await freePort()}`,
    );

    expect(code).toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({
      v: 1,
      warning: { code: "BUS_UNAVAILABLE", message: expect.stringContaining("ECONNREFUSED") },
    });
  });

  test("a wrong password is told from a server that is away", async () => {
    const redis = await startRedisServer({ tcp: true, args: ["--requirepass", "right"] });
    const url = `redis://:wrong@127.0.0.1:${redis.port}`;
    const { code, stderr } = await open().ask("status", "-n", "testbot", "--redis", url);
    await redis.stop();

    expect(code).toBe(5);
    expect(stderr).toMatch(/refuses the user name or password: correct the URL \(WRONGPASS .*\)\.\n/);
    expect(stderr).toContain("Next: check the user, the password");
    expect(stderr).not.toContain("wrong@");
  });

  test("a client whose Redis refuses and that has no door exits 5", async () => {
    const port = await freePort();
    const { code, stderr } = await open().run(
      "status",
      "-n",
      "testbot",
      "--redis",
      `redis://127.0.0.1:${port}`,
    );

    expect(code).toBe(5);
    expect(stderr).toContain("Next: see that Redis runs");
  });
});

describe("an unsafe place for the door", () => {
  test("a directory that is open to others is refused, with the command that mends it", async () => {
    open();
    mkdirSync(join(workshop.runtime, "modeshift"), { mode: 0o755 });
    const { code, stderr } = await workshop.ask("status");

    expect(code).toBe(5);
    expect(stderr).toContain("is open to others");
    expect(stderr).toContain(`chmod 700 ${join(workshop.runtime, "modeshift")}`);
  });

  test("a file in its place is refused", async () => {
    open();
    writeFileSync(join(workshop.runtime, "modeshift"), "");

    expect(await workshop.ask("status")).toMatchObject({
      code: 5,
      stderr: expect.stringContaining("is no directory"),
    });
  });
});

describe("a manager that goes away", () => {
  test("a client that waits for it exits 5 with MANAGER_LOST", async () => {
    const manager = await open().up();
    const waiting = workshop.start(["switch", "patient", "--json"]);
    await manager.until('"msg":"slow starting"');
    manager.child.kill("SIGKILL");
    const { code, stderr } = await waiting.ended;

    expect(code).toBe(5);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "MANAGER_LOST" } });
  });

  test("the socket that it leaves behind is replaced by the next manager", async () => {
    const dead = await open().up();
    dead.child.kill("SIGKILL");
    await dead.ended;
    expect((await workshop.ask("status")).code).toBe(5);
    await workshop.upHere();

    expect((await workshop.ask("status")).code).toBe(0);
  });

  test("something that listens in its place and talks nonsense is no manager", async () => {
    open();
    mkdirSync(join(workshop.runtime, "modeshift"), { mode: 0o700 });
    const impostor = createServer((socket) => socket.on("error", () => undefined).end("hello\r\n\r\n"));
    impostor.listen(workshop.door());
    const { code, stderr } = await workshop.run("status");
    impostor.close();

    expect(code).toBe(5);
    expect(stderr).toContain("Next: ");
  });
});
