/** What is particular to nodes that are processes: environment, errors, exits, logs, trees, secrets. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openProcesses, rejection, shell } from "./open-processes.ts";
import { patience, pidsWith, scratchDirectory } from "./process-harness.ts";

const secret = "hunter2-0123456789";

describe("environment", () => {
  test("a node gets the manager's without MODESHIFT_REDIS_*, then its own, then who it is", async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("MODESHIFT_REDIS_URL", `redis://:${secret}@robot`);
    vi.stubEnv("ROBOT_COLOUR", "red");
    vi.stubEnv("ROBOT_NAME", "anna");
    const { supervisor } = await openProcesses({
      "my/node": {
        command: shell("env; echo end; exec sleep 1000"),
        env: { ROBOT_COLOUR: "blue", MODESHIFT_NODE: "forged" },
        ready: { kind: "log", pattern: "^end$" },
      },
    });
    await supervisor.start("my/node");

    const lines = (await supervisor.log?.("my/node").tail(500)) ?? [];

    expect(lines).toContain("ROBOT_NAME=anna");
    expect(lines).toContain("ROBOT_COLOUR=blue");
    expect(lines).toContain("MODESHIFT_NODE=my/node");
    expect(lines).toContain("MODESHIFT_NAMESPACE=test");
    expect(lines).toContain("MODESHIFT_GENERATION=1");
    expect(lines.join("\n")).not.toContain(secret);
  });

  test("secrets of a node are in no event, error, status, journal or lock of ours", async () => {
    const { supervisor, events, stateDir } = await openProcesses({
      works: { command: ["sleep", "1000"], env: { TOKEN: secret } },
      fails: { command: ["/no/such/thing", "--token", secret], env: { TOKEN: secret } },
      broken: { command: ["sleep", "1000"], env: { TOKEN: `${secret}\0` } },
      exits: { command: ["false"], env: { TOKEN: secret }, ready: { kind: "delay", delayMs: 1000 } },
    });
    await supervisor.start("works");
    const faults = await Promise.all(
      ["fails", "broken", "exits"].map((node) => rejection(supervisor.start(node))),
    );

    const told = [
      JSON.stringify(events),
      JSON.stringify([...supervisor.running()]),
      JSON.stringify(supervisor.capabilities),
      ...faults.map((fault) => `${fault.stack} ${JSON.stringify(fault)} ${JSON.stringify(fault.cause)}`),
      ...readdirSync(stateDir, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(stateDir, entry.name), "utf8")),
    ];

    expect(faults.map(({ code }) => code)).toEqual(["ENOENT", "ERR_INVALID_ARG_VALUE", "NODE_EXITED"]);
    expect(told.join("\n")).not.toContain(secret);
  });
});

describe.each(["group", "auto"] as const)("a command that cannot be run (isolation: %s)", (isolation) => {
  const failing = async (command: readonly [string, ...string[]], cwd?: string): Promise<string> => {
    const { supervisor } = await openProcesses(
      { node: { command, ...(cwd === undefined ? {} : { cwd }) } },
      { isolation },
    );
    const { code, message } = await rejection(supervisor.start("node"));
    return `${code} ${message}`;
  };

  test("is told with the system's code and what to do", async () => {
    const { path, remove } = scratchDirectory();
    writeFileSync(join(path, "script"), "#!/bin/sh\n", { mode: 0o644 });

    expect(await failing(["robot-arm-driver"])).toBe(
      "ENOENT node: cannot run robot-arm-driver: no such command; check its spelling, its path and PATH.",
    );
    expect(await failing([join(path, "script")])).toMatch(/^EACCES .*permissions \(chmod \+x\)\.$/);
    expect(await failing([path])).toMatch(/^EACCES .*permissions/);
    expect(await failing(["true", "x".repeat(300_000)])).toMatch(/^E2BIG .*too long\.$/);
    expect(await failing(["true", "a\0b"])).toMatch(/^ERR_INVALID_ARG_VALUE .*NUL character\.$/);
    expect(await failing(["true"], "/no/such/folder")).toMatch(/^ENOENT .*its cwd .* does not exist\.$/);
    remove();
  });
});

describe("an end that nobody asked for", () => {
  test("is told with exit code and the last 20 lines of output", async () => {
    const { supervisor } = await openProcesses({
      node: {
        command: shell("for i in $(seq 30); do echo line $i >&2; done; exit 7"),
        ready: { kind: "delay", delayMs: 5_000 },
      },
    });

    const { exit } = (await rejection(supervisor.start("node"))) as Error & { exit?: unknown };

    const stderr = Array.from({ length: 20 }, (_, index) => `line ${index + 11}`);
    expect(exit).toEqual({ code: 7, signal: null, stderr });
    expect(supervisor.running().get("node")?.exit).toEqual(exit);
  });

  test("is told with the signal", async () => {
    const { supervisor, event } = await openProcesses({ node: { command: ["sleep", "1000"] } });
    await supervisor.start("node");
    process.kill(supervisor.running().get("node")?.pid ?? 0, "SIGSEGV");

    const { status } = await event((next) => next.status.state === "stopped");

    expect(status.exit?.signal).toBe("SIGSEGV");
    expect(status.gaveUp).toBe(true);
  });

  test("takes with it what the node has left behind, before it is restarted", async () => {
    const token = `left-${process.pid}-${Date.now()}`;
    const { supervisor, event } = await openProcesses({
      node: {
        command: shell(`setsid sh -c 'while :; do sleep 1; done; : ${token}' & exec sleep 1000`),
        restart: { policy: "always", max: 3, windowMs: 60_000, backoffMs: 10, maxBackoffMs: 10 },
      },
    });
    await supervisor.start("node");
    const leader = supervisor.running().get("node")?.pid ?? 0;
    await vi.waitUntil(() => pidsWith(token).some((pid) => pid !== leader), patience);
    process.kill(leader, "SIGKILL");

    await event((next) => next.status.state === "backoff");

    expect(pidsWith(token)).toEqual([]);
  });
});

test.runIf(process.getuid?.() === 0)(
  "a node behind setpriv is another user, and is still stopped gently",
  async () => {
    const script = "trap 'echo parked; exit' TERM; id -u; echo up; while :; do sleep 0.05; done";
    const { supervisor } = await openProcesses({
      node: {
        command: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", ...shell(script)],
        ready: { kind: "log", pattern: "^up$" },
      },
    });
    await supervisor.start("node");
    await supervisor.stop("node");

    const lines = (await supervisor.log?.("node").tail(4)) ?? [];
    // A shell may say of its sleep that it was ended.
    expect(lines.filter((line) => line !== "Terminated")).toEqual(["65534", "up", "parked"]);
  },
);

test("a graceful stop gives the whole tree its time", async () => {
  const { supervisor } = await openProcesses({
    node: {
      // The leader goes at once; its child needs a moment, and says so.
      command: shell(
        "(trap 'sleep 0.2; echo saved; exit' TERM; echo up; while :; do sleep 0.05; done) & wait",
      ),
      ready: { kind: "log", pattern: "^up$" },
    },
  });
  await supervisor.start("node");

  await supervisor.stop("node");

  expect(await supervisor.log?.("node").tail(1)).toEqual(["saved"]);
});

test("a node that was stopped runs with its own stop signal", async () => {
  const { supervisor } = await openProcesses({
    node: {
      command: shell("trap 'echo parked; exit 0' INT; echo up; while :; do sleep 0.05; done"),
      ready: { kind: "log", pattern: "^up$" },
      stopSignal: "SIGINT",
    },
  });
  await supervisor.start("node");
  await supervisor.stop("node");

  expect(await supervisor.log?.("node").tail(1)).toEqual(["parked"]);
  expect(supervisor.running().get("node")?.exit).toEqual({ code: 0, signal: null });
});

test("names of every kind have logs, groups and journals of their own", async () => {
  const names = ["__proto__", "a.b", "a/b", "#x", "2", "..", "-", "ü😀", "a b\\c", "\ud800"];
  const command = shell('printf "%s\\n" "$MODESHIFT_GENERATION"; exec sleep 1000');
  const { supervisor, stateDir } = await openProcesses(
    Object.fromEntries(
      names.map((name) => [name, { command, ready: { kind: "log", pattern: "^1$" } as const }]),
    ),
  );

  await Promise.all(names.map((name) => supervisor.start(name)));

  expect(readdirSync(join(stateDir, "logs"))).toHaveLength(names.length);
  await Promise.all(names.map((name) => supervisor.stop(name)));
  expect([...supervisor.running().values()].map(({ state }) => state)).toEqual(names.map(() => "stopped"));
});
