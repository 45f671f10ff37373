import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ManagerEvent, TransitionResult } from "modeshift";
import { createModeClient } from "modeshift/redis";
import { consumerGroup, consumerName, redisKeys } from "../../src/bus/redis-keys.ts";
import { enqueuedAt } from "../../src/bus/request-ledger.ts";
import { startManagerProcess } from "../fixtures/redis-manager.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { redisFarEnd } from "./redis-harness.ts";
import { startRobot, type Robot } from "./robot.ts";

let server: RedisServer;
let count = 0;

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

const namespaceOf = (): string => `stale-${(count += 1)}`;

async function serverMs(): Promise<number> {
  const [seconds, microseconds] = await server.client().time();
  return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
}

/** What a manager leaves that died: entries delivered and not answered, each begun so many times. */
async function leaveBehind(
  namespace: string,
  entries: readonly { ageMs: number; id: string; fields: readonly string[]; begun?: number }[],
  lastBegun?: { id: string; mode: string },
): Promise<void> {
  const client = server.client();
  const keys = redisKeys(namespace);
  const ids = new Map<string, string>();
  for (const { ageMs, id, fields, begun = 0 } of entries) {
    const entry = (await client.xadd(keys.requests, `${Date.now() - ageMs}-0`, "id", id, ...fields)) ?? "";
    ids.set(id, entry);
    if (begun > 0) await client.set(keys.result(id), `running:${begun}:${entry}`);
  }
  await client.xgroup("CREATE", keys.requests, consumerGroup, "0");
  await client.xreadgroup("GROUP", consumerGroup, consumerName, "STREAMS", keys.requests, ">");
  if (lastBegun !== undefined) {
    await client.hset(keys.state, "begun", JSON.stringify({ ...lastBegun, entry: ids.get(lastBegun.id) }));
  }
}

const begunIn = (events: readonly ManagerEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === "transition" && event.data.cause === "request" ? [event.id] : [],
  );

async function answersOf(robot: Robot, namespace: string, ids: readonly string[]) {
  const farEnd = redisFarEnd(server.client(), namespace);
  await expect.poll(async () => (await Promise.all(ids.map(farEnd.result))).every(Boolean)).toBe(true);
  const events = await farEnd.events();
  const results = await Promise.all(ids.map(farEnd.result));
  await robot.manager.stop();
  return { begun: begunIn(events), results };
}

describe("what a crashed manager left behind", () => {
  test("I18: a motion request interrupted by a crash and past its deadline is failed, INTERRUPTED, and not executed", async () => {
    const namespace = namespaceOf();
    const first = await startManagerProcess(server.path, namespace, "fake:1");
    const client = createModeClient({ connection: server.path, namespace });
    let begun: () => void = () => undefined;
    const whenBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const answer = client.requestMode("slow", {
      id: "motion",
      deadlineMs: 300,
      onEvent: ({ type }) => type === "transition" && begun(),
    });
    await whenBegun;
    await first.kill();
    const [entry = ""] = (await server.client().xrange(redisKeys(namespace).requests, "-", "+"))[0] ?? [];
    await expect.poll(() => serverMs()).toBeGreaterThan(enqueuedAt(entry) + 300);
    const second = await startManagerProcess(server.path, namespace, "fake:2");

    const result = await answer;
    const events = await client.history(1_000);
    expect(result).toMatchObject({ ok: false, nodesStarted: [], attempt: 1 });
    expect(result).toMatchObject({ outcome: "failed", reason: { code: "INTERRUPTED" } });
    expect(begunIn(events)).toEqual(["motion"]);
    client.close();
    await second.stop();
  });

  test("what was begun in the evening is not begun again in the morning, deadline or not", async () => {
    const namespace = namespaceOf();
    const night = 8 * 3_600_000;
    await leaveBehind(namespace, [{ ageMs: night, id: "evening", fields: ["mode", "teleop"], begun: 1 }]);
    const robot = await startRobot(server, namespace);

    const { begun, results } = await answersOf(robot, namespace, ["evening"]);
    expect(begun).toEqual([]);
    expect(results[0]).toMatchObject({ outcome: "failed", reason: { code: "INTERRUPTED" }, ok: false });
    expect(robot.spawned("drive")).toBe(0);
  });

  test("a fresh interrupted request is executed next, as the second attempt", async () => {
    const namespace = namespaceOf();
    await leaveBehind(namespace, [{ ageMs: 1_000, id: "fresh", fields: ["mode", "teleop"], begun: 1 }]);
    const robot = await startRobot(server, namespace);

    const { begun, results } = await answersOf(robot, namespace, ["fresh"]);
    expect(begun).toEqual(["fresh"]);
    expect(results[0]).toMatchObject({ outcome: "changed", attempt: 2 });
  });

  test("after three begins a request is given up", async () => {
    const namespace = namespaceOf();
    await leaveBehind(namespace, [{ ageMs: 1_000, id: "poison", fields: ["mode", "teleop"], begun: 3 }]);
    const robot = await startRobot(server, namespace);

    const { begun, results } = await answersOf(robot, namespace, ["poison"]);
    expect(begun).toEqual([]);
    expect(results[0]).toMatchObject({ outcome: "failed", reason: { code: "GAVE_UP" } });
  });

  test("a preempted request is not replayed after the safe that replaced it", async () => {
    const namespace = namespaceOf();
    await leaveBehind(
      namespace,
      [
        { ageMs: 2_000, id: "drive", fields: ["mode", "teleop"], begun: 1 },
        { ageMs: 1_000, id: "stop", fields: ["mode", "safe"], begun: 1 },
      ],
      { id: "stop", mode: "safe" },
    );
    const robot = await startRobot(server, namespace);

    const { begun, results } = await answersOf(robot, namespace, ["drive", "stop"]);
    expect(begun).toEqual(["stop"]);
    expect(results[0]).toMatchObject({ outcome: "superseded", supersededBy: { id: "stop", mode: "safe" } });
    expect(results[1]?.currentMode).toBe("safe");
    expect(robot.spawned("drive")).toBe(0);
  });

  test("I9: an urgent request that nobody carried out is, although something else was begun after it", async () => {
    const namespace = namespaceOf();
    await leaveBehind(
      namespace,
      [
        { ageMs: 2_000, id: "stop", fields: ["mode", "safe"] },
        { ageMs: 1_000, id: "drive", fields: ["mode", "teleop"], begun: 1 },
      ],
      { id: "drive", mode: "teleop" },
    );
    const robot = await startRobot(server, namespace);

    const { begun, results } = await answersOf(robot, namespace, ["stop", "drive"]);
    expect(begun).toEqual(["stop"]);
    expect(results[0]).toMatchObject({ ok: true, currentMode: "safe" });
    expect(results[1]).toMatchObject({ outcome: "rejected", reason: { code: "URGENT_RUNNING" } });
  });

  test("the same by killing a manager: only safe is entered again", async () => {
    const namespace = namespaceOf();
    const first = await startManagerProcess(server.path, namespace, "fake:1");
    const client = createModeClient({ connection: server.path, namespace });
    let stop: Promise<TransitionResult | undefined> = Promise.resolve(undefined);
    let kill: Promise<void> = Promise.resolve();
    const drive = client.requestMode("slow", {
      id: "drive",
      onEvent: ({ type }) => {
        if (type !== "transition") return;
        stop = client.requestMode("safe", {
          id: "stop",
          onEvent: (event) => {
            if (event.type === "transition" && event.data.attempt === 1) kill = first.kill();
          },
        });
      },
    });
    await expect.poll(async () => (await client.result("drive")) ?? kill).toBeDefined();
    await kill;
    const second = await startManagerProcess(server.path, namespace, "fake:2");

    await expect(drive).resolves.toMatchObject({ outcome: "superseded" });
    const stopped = await stop;
    expect(stopped).toMatchObject({ currentMode: "safe" });
    expect(begunIn(await client.history(1_000)).filter((id) => id === "drive")).toHaveLength(1);
    // Answered just before the kill it is not begun again, and these managers keep no place to boot into.
    const mode = stopped?.attempt === 1 ? "idle" : "safe";
    await expect.poll(() => client.state()).toMatchObject({ epoch: 2, mode, phase: "idle" });
    client.close();
    await second.stop();
  });

  test("of everything that waited, pending and unread, only the last is begun", async () => {
    const namespace = namespaceOf();
    await leaveBehind(namespace, [
      { ageMs: 3_000, id: "p1", fields: ["mode", "teleop"], begun: 1 },
      { ageMs: 2_000, id: "p2", fields: ["mode", "slow"] },
    ]);
    const client = server.client();
    for (const [id, mode] of [
      ["u1", "autonomous"],
      ["u2", "idle"],
    ] as const) {
      await client.xadd(redisKeys(namespace).requests, "*", "id", id, "mode", mode);
    }
    const robot = await startRobot(server, namespace);

    const { begun, results } = await answersOf(robot, namespace, ["p1", "p2", "u1", "u2"]);
    expect(results.map((result) => result?.outcome).slice(0, 3)).toEqual([
      "superseded",
      "superseded",
      "superseded",
    ]);
    expect(begun).not.toContain("p1");
    expect(robot.spawned("drive")).toBe(0);
  });

  test("I9: an urgent request is never too old", async () => {
    const namespace = namespaceOf();
    await leaveBehind(namespace, [{ ageMs: 3_600_000, id: "stop", fields: ["mode", "safe"] }]);
    const robot = await startRobot(server, namespace);

    const { results } = await answersOf(robot, namespace, ["stop"]);
    expect(results[0]).toMatchObject({ ok: true, currentMode: "safe" });
  });
});

describe("what is sent again", () => {
  test("after the answer and a new manager, a repeated id is taken off, a reused one is a dead letter", async () => {
    const namespace = namespaceOf();
    const farEnd = redisFarEnd(server.client(), namespace);
    const first = await startRobot(server, namespace);
    await farEnd.send({ id: "known", mode: "teleop" });
    await expect.poll(() => farEnd.result("known")).toBeDefined();
    await first.manager.stop();
    await farEnd.send({ id: "known", mode: "teleop" });
    await farEnd.send({ id: "known", mode: "safe" });
    const second = await startRobot(server, namespace, { epoch: 2 });

    await expect.poll(() => farEnd.deadLetters()).toEqual(["ID_REUSED"]);
    await expect.poll(() => server.client().xlen(redisKeys(namespace).requests)).toBe(0);
    expect(second.spawned("drive")).toBe(0);
    await second.manager.stop();
  });

  test("an urgent mode under a known id is a dead letter, now and after FLUSHALL", async () => {
    const namespace = namespaceOf();
    const farEnd = redisFarEnd(server.client(), namespace);
    const robot = await startRobot(server, namespace);
    await farEnd.send({ id: "mine", mode: "teleop" });
    await expect.poll(() => farEnd.result("mine")).toBeDefined();
    await farEnd.send({ id: "mine", mode: "safe" });

    await expect.poll(() => farEnd.deadLetters()).toEqual(["ID_REUSED"]);
    await server.client().flushall();
    await farEnd.send({ id: "mine", mode: "safe" });

    await expect.poll(() => farEnd.deadLetters()).toEqual(["ID_REUSED"]);
    await expect.poll(() => server.client().xlen(redisKeys(namespace).requests)).toBe(0);
    expect(robot.manager.currentMode).toBe("teleop");
    await robot.manager.stop();
  });

  test("I7: after FLUSHALL a repeated id gets its first answer again and is not executed", async () => {
    const namespace = namespaceOf();
    const farEnd = redisFarEnd(server.client(), namespace);
    const robot = await startRobot(server, namespace);
    await farEnd.send({ id: "again", mode: "teleop" });
    await expect.poll(() => farEnd.result("again")).toBeDefined();
    const answer = await farEnd.result("again");
    await server.client().flushall();
    await farEnd.send({ id: "again", mode: "teleop" });

    await expect.poll(() => farEnd.result("again")).toEqual(answer);
    await expect.poll(() => server.client().xlen(redisKeys(namespace).requests)).toBe(0);
    expect(robot.spawned("drive")).toBe(1);
    await robot.manager.stop();
  });

  test("an id answered by the library's door is known on Redis too", async () => {
    const namespace = namespaceOf();
    const farEnd = redisFarEnd(server.client(), namespace);
    const robot = await startRobot(server, namespace);
    const local = await robot.manager.changeMode("teleop", { id: "both-doors" });
    await farEnd.send({ id: "both-doors", mode: "teleop" });

    await expect.poll(() => server.client().xlen(redisKeys(namespace).requests)).toBe(0);
    await expect(farEnd.result("both-doors")).resolves.toEqual(local);
    expect(robot.spawned("drive")).toBe(1);
    await robot.manager.stop();
  });
});
