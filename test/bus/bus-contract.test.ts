import { afterAll, beforeAll, describe, test } from "vitest";
import { memoryBus } from "../../src/bus/memory-bus.ts";
import type { ManagerEvent } from "../../src/bus/event.ts";
import { redisBus } from "../../src/bus/redis-bus.ts";
import { busContract } from "../../src/testing/bus-contract.ts";
import { startRedisServer, type RedisServer } from "../fixtures/redis-server.ts";
import { redisFarEnd } from "./redis-harness.ts";

describe("the bus in memory", () => {
  const cases = busContract(async () => {
    const bus = memoryBus();
    const events: ManagerEvent[] = [];
    const subscription = bus.events$.subscribe({ next: (event) => events.push(event), error: () => {} });
    return {
      bus,
      send: async (fields) => bus.send(fields),
      events: async () => events,
      state: async () => bus.state,
      result: async (id) => bus.result(id),
      deadLetters: async () => bus.deadLetters.map(({ reason }) => reason),
      dispose: async () => subscription.unsubscribe(),
    };
  });
  test.each(cases)("$name", ({ run }) => run());
});

describe("the bus on Redis", () => {
  let server: RedisServer;
  let count = 0;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.stop());

  const cases = busContract(async () => {
    count += 1;
    const namespace = `contract-${count}`;
    const client = server.client();
    const bus = redisBus({ connection: server.path, namespace });
    return {
      bus,
      successor: () => redisBus({ connection: server.path, namespace }),
      ...redisFarEnd(client, namespace),
      dispose: async () => client.disconnect(),
    };
  });
  test.each(cases)("$name", ({ run }) => run());
});
