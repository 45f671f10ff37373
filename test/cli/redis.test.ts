/** The command line over a real Redis, and redis-cli as a door for people. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DoorClient } from "../../src/cli/door/door-client.ts";
import { connectRedis } from "../../src/cli/redis-link.ts";
import { runHere } from "../fixtures/command-line.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { Workshop } from "./workshop.ts";

let workshop: Workshop;
let redis: RedisServer;

beforeEach(async () => {
  redis = await startRedisServer();
  workshop = new Workshop({ env: { MODESHIFT_REDIS_URL: `unix://${redis.path}` } });
});

afterEach(async () => {
  await workshop.close();
  await redis.stop();
});

/** Starts a manager and waits until it has the lease. */
async function upWithLease() {
  const manager = await workshop.up();
  await whenLeased();
  return manager;
}

/** The same, inside this process. */
async function upHereWithLease(): Promise<void> {
  await workshop.upHere();
  await whenLeased();
}

async function whenLeased(): Promise<void> {
  const client = redis.client();
  await expect.poll(() => client.hget("modeshift:{testbot}:state", "mode"), { interval: 10 }).toBe("idle");
}

describe("a manager with Redis", () => {
  test("redis-cli PUBLISH of a bare mode name changes the mode", async () => {
    const manager = await upWithLease();
    const receivers = redis.cli("PUBLISH", "modeshift:{testbot}:mode/request", "teleop");
    await manager.until('"type":"node","request":');
    await manager.until(/"requestedMode":"teleop".*"msg":"mode changed"/);

    expect(receivers).toBe("1");
    expect(redis.cli("HGET", "modeshift:{testbot}:state", "mode")).toBe("teleop");
    expect((await workshop.ask("events", "--json")).stdout).toContain('"outcome":"changed"');
  });

  test("commands need no catalogue: --namespace and --redis are enough", async () => {
    await upHereWithLease();
    const nowhere = { MODESHIFT_REDIS_URL: "", XDG_RUNTIME_DIR: "/nonexistent" };
    const options = ["-n", "testbot", "--redis", `unix://${redis.path}`];
    const ask = async (...args: string[]) =>
      runHere([...args, ...options], { cwd: "/", env: { ...workshop.env, ...nowhere } });
    const alone = workshop.start(["switch", "idle", ...options], { cwd: "/", env: nowhere });
    expect(await alone.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("idle") });

    expect(await ask("status")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^testbot {3}idle {3}ok/),
    });
    expect(await ask("modes")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^● idle/) });
    expect(await ask("plan", "teleop")).toMatchObject({
      code: 0,
      stdout: "start   camera, drive\nkeep    clock\n",
    });
    expect(await ask("plan", "autonomous")).toMatchObject({ code: 3 });
    expect(await ask("switch", "teleop", "--id", "far-1")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/✓ teleop changed/),
    });
    expect(await ask("switch", "nope")).toMatchObject({
      code: 3,
      stdout: expect.stringContaining("not found"),
    });
    expect(await ask("why", "far-1")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("request far-1 by cli for mode teleop"),
    });
    expect(await ask("switch", "idle", "--no-wait", "--json")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"accepted":true'),
    });
    const { stdout } = await ask("events", "--tail", "9", "--json");
    expect(stdout.trim().split("\n")).toHaveLength(9);
    expect(stdout).not.toContain('"type":"progress"');
    expect(await ask("logs", "clock")).toMatchObject({
      code: 5,
      stderr: expect.stringContaining("needs the local door"),
    });
  });

  test("the local door is served beside Redis, and found by every command", async () => {
    await upHereWithLease();
    const { code, stdout } = await workshop.ask("logs", "clock");

    expect({ code, stdout }).toEqual({ code: 0, stdout: "ticking\n" });
    expect(await workshop.ask("down")).toMatchObject({ code: 0 });
  });

  test("I9: while Redis is frozen the local door takes an urgent request within its time", async () => {
    await upHereWithLease();
    await workshop.ask("switch", "patient", "--no-wait");
    redis.signal("SIGSTOP");
    const began = performance.now();
    const { code, stdout, stderr } = await workshop.run("switch", "safe", "--json");
    const tookMs = performance.now() - began;
    redis.signal("SIGCONT");

    expect(code).toBe(0);
    expect(stderr).toContain("Using the local door.");
    const result = JSON.parse(stdout) as { outcome: string; duration_ms: number };
    expect(result).toMatchObject({ outcome: "changed", attempt: 1, current_mode: "safe" });
    // The manager does not wait for Redis at all, the command for its second of silence.
    expect(result.duration_ms).toBeLessThan(1_000);
    expect(tookMs).toBeLessThan(5_000);
  });

  test("when Redis falls silent after it was found, the local door takes the same id", async () => {
    await upHereWithLease();
    const door = new DoorClient(workshop.door(), "testbot");
    const link = await connectRedis(`unix://${redis.path}`, "testbot", door);
    redis.signal("SIGSTOP");
    const [answer, late] = await Promise.all([
      link.request({ id: "silent-1", mode: "teleop", wait: true }),
      link.request({ id: "silent-2", mode: "idle", wait: true, ttl: 500 }),
    ]);
    redis.signal("SIGCONT");
    // It reaches Redis later: as our own, that was on its way, or sent again by hand.
    const [requests, result] = ["mode/request", "result:silent-1"].map((key) => `modeshift:{testbot}:${key}`);
    redis.cli("XADD", requests ?? "", "*", "id", "silent-1", "mode", "teleop");
    await expect.poll(() => redis.cli("XLEN", requests ?? ""), { interval: 100 }).toBe("0");
    await link.close();

    expect(redis.cli("GET", result ?? "")).toContain('"outcome":"changed"');
    expect(answer).toMatchObject({ result: { requestId: "silent-1", outcome: "changed" } });
    // I11: what was in time when it was sent is late when the door hears of it.
    expect(late).toMatchObject({ result: { requestId: "silent-2", outcome: "expired" } });
    const history = await door.history(100);
    expect(history.filter(({ type, id }) => type === "transition" && id === "silent-1")).toHaveLength(1);
  });

  test("losing Redis is told on stderr, and its return too; the robot goes on", async () => {
    const manager = await upWithLease();
    await redis.crash();
    await manager.until(/bus (connecting|fault): /);
    await redis.restart();
    await manager.until("bus connected");

    expect((await workshop.ask("switch", "teleop")).code).toBe(0);
  });

  test("a second up stands by, and takes over when the first is stopped", async () => {
    const first = await upWithLease();
    const second = workshop.start(["up", "--inspect", "0"]);
    await second.until('"what":"standby"');
    await second.until(/inspector at http/);
    const url = /inspector at (http:[^"\s]+)/.exec(second.stdout() + second.stderr())?.[1] ?? "";
    expect((await fetch(url)).status).toBe(200);
    first.child.kill("SIGTERM");
    await first.ended;
    await second.until('"what":"takeover"');
    await second.until(/"msg":"mode changed"/);

    expect(await workshop.ask("status")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^testbot {3}idle/),
    });
  });

  test("a second up with another state directory stands by without a node, and takes over on the death of the first", async () => {
    const first = await upWithLease();
    const elsewhere = { XDG_STATE_HOME: join(workshop.folder, ".elsewhere") };
    const second = workshop.start(["up"], { env: elsewhere });
    await second.until('"what":"standby"');
    const held = await workshop.ask("status");
    const untouched = !second.stdout().includes("clock starting");
    first.child.kill("SIGKILL");
    await first.ended;
    await second.until('"what":"takeover"');
    await second.until(/"msg":"mode changed"/);

    expect(second.stdout()).toContain(`/${first.child.pid}/`);
    expect(held.stdout).toContain(`/${first.child.pid}/`);
    expect(untouched).toBe(true);
    await expect
      .poll(async () => (await workshop.ask("status")).stdout, { interval: 100 })
      .toContain(`/${second.child.pid}/`);
  });

  test("no manager on this Redis exits 5 and says so", async () => {
    const { code, stderr } = await workshop.ask("status");

    expect(code).toBe(5);
    expect(stderr).toContain("No manager of namespace 'testbot' answers on this Redis");
    expect(stderr).toContain("Next: modeshift up");
  });
});
