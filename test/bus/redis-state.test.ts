/** What is on the server is output: it decides nothing, and is written in few calls. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { createLifecycleManager, defineCatalogue } from "modeshift";
import { redisBus } from "modeshift/redis";
import { fakeSupervisor } from "modeshift/testing";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { redisFarEnd } from "./redis-harness.ts";
import { startRobot } from "./robot.ts";

let server: RedisServer;

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

test("I18: what the state on the server says decides no mode", async () => {
  const { state } = redisKeys("memory");
  await server.client().hset(state, { mode: "autonomous", target: "safe", phase: "stopping" });

  const robot = await startRobot(server, "memory");

  expect(robot.manager.currentMode).toBe("idle");
  await expect.poll(async () => (await redisFarEnd(server.client(), "memory").state())?.mode).toBe("idle");
  await robot.manager.stop();
});

test("all events of one turn of the event loop go to the server in one call", async () => {
  const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
  const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], all: names } });
  const bus = redisBus({ connection: server.path, namespace: "turns" });
  const manager = createLifecycleManager({ catalogue, supervisor: fakeSupervisor(), bus });
  const farEnd = redisFarEnd(server.client(), "turns");
  const told = async (): Promise<number> => (await farEnd.events()).length;
  await manager.start();
  await expect.poll(async () => (await farEnd.events()).at(-1)?.type).toBe("result");
  const [calls, events] = [await scriptCalls(), await told()];

  await manager.changeMode("all", { id: "all" });
  await expect.poll(() => farEnd.result("all")).toBeDefined();

  expect((await told()) - events).toBeGreaterThan(120);
  // Acceptance, sixty starts, sixty readinesses, result; and the lease may be renewed meanwhile.
  expect((await scriptCalls()) - calls).toBeLessThan(12);
  await manager.stop();
});

test("I11: when our own clock is set, a request by the library is as old on the server as before", async () => {
  const robot = await startRobot(server, "set");
  const farEnd = redisFarEnd(server.client(), "set");
  await expect.poll(async () => (await farEnd.state())?.mode).toBe("idle");
  const real = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => real() + 3_600_000);
  onTestFinished(() => void vi.restoreAllMocks());

  await robot.manager.changeMode("teleop", { id: "mine" });
  await expect.poll(() => farEnd.result("mine")).toBeDefined();

  const begun = await server.client().hget(redisKeys("set").state, "begun");
  expect(Number(/"entry":"(\d+)-/.exec(begun ?? "")?.[1])).toBeLessThan(real() + 60_000);
  await robot.manager.stop();
});

async function scriptCalls(): Promise<number> {
  const stats = await server.client().info("commandstats");
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}
