import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineCatalogue, systemClock, type Bus, type BusHealth, type ManagerState } from "modeshift";
import { createModeClient, redisBus, type RedisBusOptions } from "modeshift/redis";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { startManagerProcess } from "../fixtures/redis-manager.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { redisFarEnd } from "./redis-harness.ts";

let server: RedisServer;
let count = 0;

beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

const namespaceOf = (): string => `lease-${(count += 1)}`;
const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["drive"] } });

/** A bus with nobody behind it who answers. */
function openBus(
  namespace: string,
  holder: string,
  options: Partial<RedisBusOptions> = {},
): { bus: Bus; health: BusHealth[]; state: () => ManagerState } {
  const bus = redisBus({ connection: server.path, namespace, ...options });
  const health: BusHealth[] = [];
  const state = (): ManagerState => ({
    ...{ namespace, mode: null, target: null, phase: "idle", health: { status: "ok", reasons: [] } },
    ...{
      request: null,
      waiting: [],
      waitingFor: [],
      epoch: 1,
      holder,
      bus: { status: "connected" },
      nodes: new Map(),
    },
  });
  bus.open({ catalogue, clock: systemClock, holder, epoch: 1, state, log: () => undefined });
  bus.health$.subscribe({ next: (change) => health.push(change), error: () => undefined });
  return { bus, health, state };
}

const last = (health: readonly BusHealth[]): BusHealth | undefined => health.at(-1);

describe("the lease", () => {
  test("a second manager stands by, says for whom, and follows after a clean stop", async () => {
    const namespace = namespaceOf();
    const first = openBus(namespace, "here/1/first");
    await expect.poll(() => last(first.health)?.status).toBe("connected");
    const second = openBus(namespace, "there/2/second", { leaseMs: 2_000 });
    await expect.poll(() => last(second.health)).toMatchObject({ status: "standby", holder: "here/1/first" });

    await first.bus.close();

    await expect.poll(() => last(second.health)?.status, { timeout: 5_000 }).toBe("connected");
    await second.bus.close();
  });

  test("a lapsed lease of another machine is not taken over, unless that is allowed, or the holder is said to be gone", async () => {
    const namespace = namespaceOf();
    const client = server.client();
    await client.hset(redisKeys(namespace).state, "holder", "far-away/1/gone");
    const careful = openBus(namespace, "here/1/careful", { leaseMs: 500 });
    await expect
      .poll(() => last(careful.health))
      .toMatchObject({
        status: "standby",
        holder: "far-away/1/gone",
        reason: expect.stringContaining("another machine"),
      });
    // As docs/how-to/recover.md says, for a machine that is gone for good.
    await client.hdel(redisKeys(namespace).state, "holder");
    await expect.poll(() => last(careful.health)?.status).toBe("connected");
    await careful.bus.close();

    await client.hset(redisKeys(namespace).state, "holder", "far-away/1/gone");
    const bold = openBus(namespace, "here/1/bold", { takeOver: "any-machine" });
    await expect.poll(() => last(bold.health)?.status).toBe("connected");
    await bold.bus.close();
  });

  test("a dead manager of this machine is followed long before its lease lapses", async () => {
    const namespace = namespaceOf();
    const doomed = await startManagerProcess(server.path, namespace, "fake:1", 60_000);
    await doomed.kill();
    const began = performance.now();
    const next = await startManagerProcess(server.path, namespace, "fake:2", 60_000);
    const client = createModeClient({ connection: server.path, namespace });

    await expect(client.requestMode("teleop")).resolves.toMatchObject({ outcome: "changed" });
    expect(performance.now() - began).toBeLessThan(15_000);
    client.close();
    await next.stop();
  });

  test("a takeover is told to the watchers", async () => {
    const namespace = namespaceOf();
    const client = server.client();
    await client.hset(redisKeys(namespace).state, "holder", "here/1/before");
    const { bus } = openBus(namespace, "here/2/after");

    await expect
      .poll(() => redisFarEnd(client, namespace).events())
      .toMatchObject([{ type: "manager", data: { what: "takeover", holder: "here/2/after" } }]);
    await bus.close();
  });

  test("a manager that was frozen until another took its lease answers nothing more", async () => {
    const namespace = namespaceOf();
    const frozen = await startManagerProcess(server.path, namespace, "fake:1", 1_000);
    const client = createModeClient({ connection: server.path, namespace });
    const answer = client.requestMode("slow", {
      id: "once",
      onEvent: ({ type }) => type === "transition" && frozen.signal("SIGSTOP"),
    });
    const next = await startManagerProcess(server.path, namespace, "fake:2", 1_000);
    const other = await client.requestMode("teleop");
    frozen.signal("SIGCONT");
    await frozen.until("bus standby");

    const results = (await client.history(1_000)).filter(
      ({ type, id }) => type === "result" && id === "once",
    );
    await expect(answer).resolves.toMatchObject({ outcome: "superseded" });
    expect(results).toHaveLength(1);
    expect(other.outcome).toBe("changed");
    client.close();
    await Promise.all([frozen.kill(), next.kill()]);
  });

  test("it is held by <epoch>:<holder>, and given back on close", async () => {
    const namespace = namespaceOf();
    const keys = redisKeys(namespace);
    const { bus, health } = openBus(namespace, "here/1/mine");
    await expect.poll(() => last(health)?.status).toBe("connected");

    await expect(server.client().get(keys.lease)).resolves.toBe("1:here/1/mine");
    await bus.close();
    await expect(server.client().exists(keys.lease)).resolves.toBe(0);
  });
});
