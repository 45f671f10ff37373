/** What a client with no more than the requester's rights can do to others: nothing that lasts, and no harm (I13). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createModeClient } from "modeshift/redis";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { enqueuedAt } from "../../src/bus/request-ledger.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { redisFarEnd } from "./redis-harness.ts";
import { startRobot } from "./robot.ts";

let server: RedisServer;
let count = 0;

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

const namespaceOf = (): string => `hostile-${(count += 1)}`;

test("an id that a later entry would get cannot be taken in advance: PUBLISH of an urgent mode is heard", async () => {
  const namespace = namespaceOf();
  const keys = redisKeys(namespace);
  const robot = await startRobot(server, namespace);
  const raw = server.client();
  await expect.poll(() => raw.pubsub("NUMSUB", keys.requestChannel)).toEqual([keys.requestChannel, 1]);
  const farEnd = redisFarEnd(raw, namespace);
  const soon = Date.now() + 500;
  // Every id of that time, once as a request and once as something that is answered MALFORMED.
  for (const ms of [soon, soon + 1, soon + 2]) {
    await farEnd.send({ id: `${ms}-0`, mode: "teleop" });
    await farEnd.send({ id: `${ms}-0`, nonsense: "" });
  }
  await farEnd.send({ id: `${soon}-0`, mode: "autonomous", on_busy: "queue" });
  await farEnd.send({ id: "last", mode: "idle" });
  await expect.poll(() => farEnd.result("last")).toBeDefined();
  await raw.xadd(keys.requests, `${soon}-0`, "mode", "safe");

  await expect.poll(() => robot.manager.currentMode).toBe("safe");
  await expect.poll(() => farEnd.result(`${soon}-0`)).toMatchObject({ requestedMode: "safe", ok: true });
  await robot.manager.stop();
});

test("entries that say they are from the future keep nothing from growing old", async () => {
  const namespace = namespaceOf();
  const keys = redisKeys(namespace);
  const raw = server.client();
  const hour = Date.now() + 3_600_000;
  await raw.xadd(keys.requests, "*", "id", "before", "mode", "slow", "on_busy", "queue");
  await raw.xadd(keys.requests, `${hour}-0`, "id", "future", "mode", "autonomous");
  // The server goes on from there: this one looks as young in an hour as now.
  await raw.xadd(keys.requests, "*", "id", "after", "mode", "teleop");
  const urgent = (await raw.xadd(keys.requests, "*", "mode", "safe")) ?? "";
  const robot = await startRobot(server, namespace);
  const farEnd = redisFarEnd(raw, namespace);
  await expect.poll(() => farEnd.result("after")).toMatchObject({ reason: { code: "MALFORMED" } });
  // It was honest, and is answered: superseded by the urgent one.
  await expect.poll(() => farEnd.result("before")).toMatchObject({ outcome: "superseded" });
  // I9: never refused for its age.
  await expect.poll(() => farEnd.result(urgent)).toMatchObject({ ok: true, currentMode: "safe" });

  expect(enqueuedAt((await raw.xadd(keys.requests, "*", "mode", "idle", "id", "fresh")) ?? "")).toBeLessThan(
    hour,
  );
  await expect.poll(() => farEnd.result("fresh")).toMatchObject({ ok: true });
  expect(robot.spawned("drive")).toBe(0);
  expect(await farEnd.deadLetters()).toHaveLength(2);
  await robot.manager.stop();
});

test.each([[["MAXLEN", "0"]], [[]]])(
  "the last id that there is keeps nobody out, added with %j",
  async (trim) => {
    const namespace = namespaceOf();
    const { requests } = redisKeys(namespace);
    const robot = await startRobot(server, namespace, { blockMs: 20 });
    await expect.poll(() => robot.manager.state.bus.status).toBe("connected");
    const raw = server.client();
    await raw.call("xadd", requests, ...trim, "18446744073709551615-18446744073709551615", "mode", "teleop");

    const add = async (): Promise<string> =>
      (await raw.xadd(requests, "*", "mode", "idle").catch(() => "")) ?? "";
    let entry = "";
    await expect.poll(async () => (entry = await add())).not.toBe("");
    await expect.poll(() => redisFarEnd(raw, namespace).result(entry)).toMatchObject({ ok: true });
    await robot.manager.stop();
  },
);

test.each([
  ["one entry of 40 MiB", 1, 40 << 20],
  ["fifty of 1 MiB", 50, 1 << 20],
])("%s, which the server will not send in one piece, shut nobody out", async (_, entries, size) => {
  const namespace = namespaceOf();
  const keys = redisKeys(namespace);
  const robot = await startRobot(server, namespace);
  await expect.poll(() => robot.manager.state.bus.status).toBe("connected");
  const raw = server.client();
  const padding = "x".repeat(size);
  const sent = raw.multi();
  for (let index = 0; index < entries; index += 1) {
    sent.xadd(keys.requests, "*", "mode", "idle", "padding", padding);
  }
  await sent.exec();
  const client = createModeClient({ connection: server.path, namespace });

  await expect(client.requestMode("teleop", { timeoutMs: 8_000 })).resolves.toMatchObject({ ok: true });
  await expect.poll(() => raw.xlen(keys.requests)).toBe(0);
  expect(await raw.xlen(keys.deadLetter)).toBe(entries);
  client.close();
  await robot.manager.stop();
});
