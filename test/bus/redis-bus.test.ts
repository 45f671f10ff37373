import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createModeClient, redisBus } from "modeshift/redis";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { redisFarEnd } from "./redis-harness.ts";
import { startRobot } from "./robot.ts";

let server: RedisServer;
let count = 0;

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

const namespaceOf = (): string => `bus-${(count += 1)}`;
describe("the PUBLISH door", () => {
  test("a bare mode name, JSON and upstream's message are requests; the id is the entry's", async () => {
    const namespace = namespaceOf();
    const robot = await startRobot(server, namespace);
    const channel = redisKeys(namespace).requestChannel;
    const farEnd = redisFarEnd(server.client(), namespace);
    await expect.poll(() => server.client().pubsub("NUMSUB", channel)).toEqual([channel, 1]);
    // Only who holds the lease forwards.
    await expect.poll(() => robot.manager.state.bus.status).toBe("connected");
    server.cli("PUBLISH", channel, "teleop");
    await expect.poll(() => robot.manager.currentMode).toBe("teleop");
    server.cli("PUBLISH", channel, '  {"mode":"autonomous","id":"mine"}');
    await expect.poll(() => robot.manager.currentMode).toBe("autonomous");
    server.cli("PUBLISH", channel, '{"mode":"idle","requested_by":"console","timestamp":1}');
    await expect.poll(() => robot.manager.currentMode).toBe("idle");
    server.cli("PUBLISH", channel, " safe\n");
    await expect.poll(() => robot.manager.currentMode).toBe("safe");

    const results = (await farEnd.events()).filter(({ type }) => type === "result").map(({ id }) => id);
    expect(results[1]).toMatch(/^\d+-\d+$/);
    expect(results[2]).toBe("mine");
    await robot.manager.stop();
  });

  test("a name that is no mode is answered by the manager, a huge message is a dead letter", async () => {
    const namespace = namespaceOf();
    const robot = await startRobot(server, namespace);
    const channel = redisKeys(namespace).requestChannel;
    const farEnd = redisFarEnd(server.client(), namespace);
    await expect.poll(() => server.client().pubsub("NUMSUB", channel)).toEqual([channel, 1]);

    await server.client().publish(channel, "telepo");
    await server.client().publish(channel, "x".repeat(20_000));

    await expect
      .poll(async () => (await farEnd.events()).filter(({ type }) => type === "result").at(-1))
      .toMatchObject({ data: { outcome: "rejected", reason: { code: "MODE_UNKNOWN" } } });
    await expect.poll(() => farEnd.deadLetters()).toHaveLength(1);
    await robot.manager.stop();
  });
});

describe("what is on the server", () => {
  test("a result is an event, a key and a message on mode/changed, all the same text", async () => {
    const namespace = namespaceOf();
    const keys = redisKeys(namespace);
    const listener = server.client();
    const heard: string[] = [];
    await listener.subscribe(keys.changedChannel);
    listener.on("message", (_, text) => heard.push(text));
    const robot = await startRobot(server, namespace);
    await server.client().xadd(keys.requests, "*", "mode", "teleop", "id", "seen", "by", "me");

    await expect.poll(() => heard.some((text) => text.includes('"seen"'))).toBe(true);
    const text = heard.find((message) => message.includes('"seen"')) ?? "";
    await expect(server.client().get(keys.result("seen"))).resolves.toBe(text);
    expect(JSON.parse(text)).toMatchObject({
      ...{ v: 1, request_id: "seen", outcome: "changed", requested_mode: "teleop", previous_mode: "idle" },
      ...{ current_mode: "teleop", nodes_started: ["drive"], nodes_stopped: [], errors: [], attempt: 1 },
    });
    expect(JSON.parse(text)).toHaveProperty("duration_ms");
    await robot.manager.stop();
  });

  test("state and nodes can be read by hand, and nothing of the request is left", async () => {
    const namespace = namespaceOf();
    const keys = redisKeys(namespace);
    const client = server.client();
    const robot = await startRobot(server, namespace);
    await client.xadd(keys.requests, "*", "mode", "teleop", "id", "x");
    await expect.poll(() => client.hget(keys.state, "mode")).toBe("teleop");

    const state = await client.hgetall(keys.state);
    expect(state).toMatchObject({
      v: "1",
      mode: "teleop",
      target: "teleop",
      phase: "idle",
      health: "ok",
      request: "",
    });
    expect(Number(state["seq"])).toBeGreaterThan(0);
    const drive: unknown = JSON.parse((await client.hget(keys.nodes, "drive")) ?? "null");
    expect(drive).toMatchObject({ state: "ready", generation: 1 });
    expect(drive).toHaveProperty("seq");
    await expect(client.xlen(keys.requests)).resolves.toBe(0);
    await expect(client.xpending(keys.requests, "modeshift")).resolves.toEqual([0, null, null, null]);
    expect(await client.pttl(keys.result("x"))).toBeGreaterThan(590_000);
    await robot.manager.stop();
  });

  test("I13: names that are traps are only names", async () => {
    const namespace = namespaceOf();
    const robot = await startRobot(server, namespace);
    const client = createModeClient({ connection: server.path, namespace });
    for (const mode of ["__proto__", "constructor", "toString", "a.b", "#x", "2", "模式", "🤖"]) {
      await expect(client.requestMode(mode)).resolves.toMatchObject({ reason: { code: "MODE_UNKNOWN" } });
    }
    client.close();
    await robot.manager.stop();
  });
});

describe("while Redis is away", () => {
  test("the manager boots and works; on return results come first, then the state, then the gap", async () => {
    const own = await startRedisServer();
    const namespace = namespaceOf();
    const robot = await startRobot(own, namespace);
    await expect.poll(() => robot.manager.state.bus.status).toBe("connected");
    await own.crash();
    await expect.poll(() => robot.manager.state.bus.status).toBe("connecting");
    expect(robot.manager.state.bus.reason).toContain(own.path);

    const meanwhile = [
      await robot.manager.changeMode("teleop"),
      await robot.manager.changeMode("autonomous"),
    ];
    await own.restart();

    await expect.poll(() => robot.manager.state.bus.status, { timeout: 5_000 }).toBe("connected");
    const farEnd = redisFarEnd(own.client(), namespace);
    const events = await farEnd.events();
    expect(events.map(({ type }) => type)).toEqual(["result", "result", "manager"]);
    expect(events.slice(0, 2).map(({ data }) => data)).toEqual(meanwhile);
    expect(events[2]?.data).toMatchObject({ what: "gap" });
    await expect(farEnd.state()).resolves.toMatchObject({ mode: "autonomous" });
    expect([...((await farEnd.state())?.nodes.keys() ?? [])]).toEqual(
      expect.arrayContaining(["drive", "planner"]),
    );
    await robot.manager.stop();
    await own.stop();
  });

  test("a server that is not there at the start is waited for, and nothing of the boot is lost", async () => {
    const own = await startRedisServer();
    await own.crash();
    const namespace = namespaceOf();
    const robot = await startRobot(own, namespace);
    expect(robot.manager.currentMode).toBe("idle");
    await own.restart();

    await expect.poll(() => robot.manager.state.bus.status, { timeout: 5_000 }).toBe("connected");
    const events = await redisFarEnd(own.client(), namespace).events();
    expect(events[0]).toMatchObject({ type: "manager", data: { what: "up" } });
    expect(events.map(({ type }) => type)).toContain("result");
    await robot.manager.stop();
    await own.stop();
  });

  test("stopping does not wait for it for long", async () => {
    const own = await startRedisServer();
    const robot = await startRobot(own, namespaceOf());
    await own.crash();
    const began = performance.now();
    await robot.manager.stop();

    expect(performance.now() - began).toBeLessThan(4_000);
    await own.stop();
  });
});

describe("trouble is told and does not become a busy loop", () => {
  test("a wrong password is a fault with a remedy, tried again slowly", async () => {
    const own = await startRedisServer({ args: ["--requirepass", "right"] });
    const robot = await startRobot(own, namespaceOf(), { connection: `unix://:wr0ng@${own.path}` });

    await expect.poll(() => robot.manager.state.bus.status).toBe("fault");
    expect(robot.manager.state.bus.reason).toMatch(/user name or password/);
    expect(JSON.stringify(robot.manager.state.bus)).not.toContain("wr0ng");
    const admin = new Redis({ path: own.path, password: "right" });
    const connections = async (): Promise<number> =>
      Number(/total_connections_received:(\d+)/.exec(await admin.info("stats"))?.[1]);
    const [before, began] = [await connections(), performance.now()];
    // Three more by each of the manager's two, after at least 50, 100 and 200 ms.
    await expect.poll(connections, { interval: 5 }).toBeGreaterThanOrEqual(before + 6);
    expect(performance.now() - began).toBeGreaterThan(250);
    await admin.config("SET", "requirepass", "wr0ng");
    await expect.poll(() => robot.manager.state.bus.status).toBe("connected");
    admin.disconnect();
    await robot.manager.stop();
    await own.stop();
  });

  test("idle, a manager renews its lease, reads on, and asks the server for nothing else", async () => {
    const own = await startRedisServer();
    onTestFinished(() => own.stop());
    const robot = await startRobot(own, namespaceOf(), { leaseMs: 900 });
    const admin = own.client();
    const calls = async (): Promise<Map<string, number>> => {
      const found = (await admin.info("commandstats")).matchAll(/cmdstat_([^:]+):calls=(\d+)/g);
      return new Map([...found].map(([, name = "", times]) => [name, Number(times)]));
    };
    // All that a new manager has to read is behind it.
    await expect.poll(async () => (await calls()).get("xreadgroup"), { interval: 10 }).toBeGreaterThan(3);
    await admin.config("RESETSTAT");
    await expect.poll(async () => (await calls()).get("evalsha"), { interval: 10 }).toBeGreaterThan(2);

    const asked = await calls();
    // Every 300 ms a renewal (GET, PEXPIRE), every 450 ms a read and a look at what is pending. The stream is tidied seldom.
    const expected = ["config|resetstat", "info", "evalsha", "eval", "get", "pexpire", "xreadgroup"];
    expect(expected).toEqual(expect.arrayContaining([...asked.keys()]));
    expect(asked.get("xreadgroup") ?? 0).toBeLessThan(10);
    await robot.manager.stop();
  });

  test("a wrong type is a fault that names the remedy", async () => {
    const namespace = namespaceOf();
    await server.client().set(redisKeys(namespace).events, "not a stream");
    const robot = await startRobot(server, namespace);

    const reason: unknown = expect.stringMatching(/another type.*delete it/);
    await expect.poll(() => robot.manager.state.bus).toMatchObject({ status: "fault", reason });
    await server.client().del(redisKeys(namespace).events);
    await expect.poll(() => robot.manager.state.bus.status, { timeout: 5_000 }).toBe("connected");
    await robot.manager.stop();
  });
});

describe("connections", () => {
  test("a given client is duplicated and left as it was", async () => {
    const namespace = namespaceOf();
    const given = new Redis({ path: server.path, keyPrefix: "prefix:" });
    const robot = await startRobot(server, namespace, { connection: given });
    await expect.poll(() => robot.manager.state.bus.status).toBe("connected");
    await robot.manager.stop();

    await expect(given.ping()).resolves.toBe("PONG");
    await expect(server.client().exists(redisKeys(namespace).state)).resolves.toBe(1);
    given.disconnect();
  });

  test("options, a URL and a password file all lead there", async () => {
    const own = await startRedisServer({ tcp: true, args: ["--requirepass", "s3cret"] });
    const file = join(own.folder, "password");
    writeFileSync(file, "s3cret\n");
    for (const access of [
      { connection: { path: own.path, password: "s3cret" } },
      { connection: `redis://:s3cret@127.0.0.1:${own.port}/1` },
      { connection: `redis://127.0.0.1:${own.port}`, passwordFile: file },
    ]) {
      const robot = await startRobot(own, namespaceOf(), access);
      await expect.poll(() => robot.manager.state.bus.status).toBe("connected");
      await robot.manager.stop();
    }
    await own.stop();
  });

  test("what cannot be a URL or a namespace is refused at once, without quoting secrets", () => {
    const refusal = (options: Parameters<typeof redisBus>[0]): unknown => {
      try {
        return redisBus(options);
      } catch (error) {
        return error;
      }
    };
    const wrongUrl = refusal({ connection: "http://me:secret@host", namespace: "x" });
    expect(wrongUrl).toMatchObject({ code: "BAD_OPTION" });
    expect(String(wrongUrl)).not.toContain("secret");
    expect(refusal({ connection: "redis://host/abc", namespace: "x" })).toMatchObject({ code: "BAD_OPTION" });
    expect(refusal({ connection: server.path, namespace: "a*b" })).toMatchObject({ code: "BAD_OPTION" });
    expect(refusal({ connection: server.path, namespace: "x", passwordFile: "/nowhere" })).toMatchObject({
      code: "BAD_OPTION",
    });
  });

  test("a manager has two connections, and none is left after it", async () => {
    const own = await startRedisServer();
    const robot = await startRobot(own, namespaceOf());
    await expect.poll(() => robot.manager.state.bus.status).toBe("connected");
    const names = (): string[] =>
      [...own.cli("CLIENT", "LIST").matchAll(/name=(modeshift\S*)/g)].map(([, name]) => name ?? "");
    const roles = (): Set<string | undefined> => new Set(names().map((name) => name.split(":").at(-1)));
    await expect.poll(roles).toEqual(new Set(["manager", "reader"]));
    expect(names()).toHaveLength(2);
    await robot.manager.stop();

    await expect.poll(names).toEqual([]);
    await own.stop();
  });
});
