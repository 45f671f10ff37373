/** The command line over a real Redis, and redis-cli as a door for people. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DoorClient } from "../../src/cli/door/door-client.ts";
import { connectRedis } from "../../src/cli/redis-link.ts";
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
async function upWithLease(args: readonly string[] = []) {
  const manager = await workshop.up(args);
  const watching = workshop.start(["status", "--watch", "-n", "testbot"]);
  await watching.until('"status":"connected"');
  watching.child.kill("SIGINT");
  await watching.ended;
  return manager;
}

describe("a manager with Redis", () => {
  test("redis-cli PUBLISH of a bare mode name changes the mode", async () => {
    const manager = await upWithLease();
    const receivers = redis.cli("PUBLISH", "modeshift:{testbot}:mode/request", "teleop");
    await manager.until('"type":"node","request":');
    await manager.until(/"requestedMode":"teleop".*"msg":"mode changed"/);

    expect(receivers).toBe("1");
    expect(redis.cli("HGET", "modeshift:{testbot}:state", "mode")).toBe("teleop");
    expect((await workshop.run("events", "--json")).stdout).toContain('"outcome":"changed"');
  });

  test("commands need no catalogue: --namespace and --redis are enough", async () => {
    await upWithLease();
    const elsewhere = { cwd: "/", env: { MODESHIFT_REDIS_URL: "", XDG_RUNTIME_DIR: "/nonexistent" } };
    const options = ["-n", "testbot", "--redis", `unix://${redis.path}`];
    const ask = async (...args: string[]) => workshop.start([...args, ...options], elsewhere).ended;

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
    await upWithLease();
    const { code, stdout } = await workshop.run("logs", "clock");

    expect({ code, stdout }).toEqual({ code: 0, stdout: "ticking\n" });
    expect(await workshop.run("down")).toMatchObject({ code: 0 });
  });

  test("when Redis falls silent the local door takes the same request", async () => {
    await upWithLease();
    redis.signal("SIGSTOP");
    const { code, stdout, stderr } = await workshop.run("switch", "teleop", "--json");
    redis.signal("SIGCONT");

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "changed", attempt: 1 });
    expect(stderr).toContain("Using the local door.");
  });

  test("when Redis falls silent after it was found, the local door takes the same id", async () => {
    await upWithLease();
    const door = new DoorClient(workshop.door(), "testbot");
    const link = await connectRedis(`unix://${redis.path}`, "testbot", door);
    redis.signal("SIGSTOP");
    const answer = await link.request({ id: "silent-1", mode: "teleop", wait: true });
    redis.signal("SIGCONT");
    await link.close();

    expect(answer).toMatchObject({ result: { requestId: "silent-1", outcome: "changed" } });
    const history = await door.history(100);
    expect(history.filter(({ type, id }) => type === "transition" && id === "silent-1")).toHaveLength(1);
  });

  test("losing Redis is told on stderr, and its return too; the robot goes on", async () => {
    const manager = await upWithLease();
    await redis.crash();
    await manager.until(/bus (connecting|fault): /);
    await redis.restart();
    await manager.until("bus connected");

    expect((await workshop.run("switch", "teleop")).code).toBe(0);
  });

  test("a second up stands by, and takes over when the first is stopped", async () => {
    const first = await upWithLease();
    const second = workshop.start(["up"]);
    await second.until('"what":"standby"');
    first.child.kill("SIGTERM");
    await first.ended;
    await second.until('"what":"takeover"');
    await second.until(/"msg":"mode changed"/);

    expect(await workshop.run("status")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^testbot {3}idle/),
    });
  });

  test("no manager on this Redis exits 5 and says so", async () => {
    const { code, stderr } = await workshop.run("status");

    expect(code).toBe(5);
    expect(stderr).toContain("No manager of namespace 'testbot' answers on this Redis");
    expect(stderr).toContain("Next: modeshift up");
  });
});
