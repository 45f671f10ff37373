import { setImmediate as turn } from "node:timers/promises";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import {
  defineCatalogue,
  systemClock,
  type BusContext,
  type ManagerState,
  type ModeRequest,
} from "modeshift";
import { RedisAdmission } from "../../src/bus/redis-admission.ts";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { RedisWriter } from "../../src/bus/redis-writer.ts";
import { RequestLedger } from "../../src/bus/request-ledger.ts";

const holder = "here/1/mine";
const state: ManagerState = {
  ...{ namespace: "x", mode: "idle", target: "idle", phase: "idle", health: { status: "ok", reasons: [] } },
  ...{ request: null, waiting: [], waitingFor: [], epoch: 1, holder, bus: { status: "connected" } },
  nodes: new Map(),
};
const bus: BusContext = {
  catalogue: defineCatalogue({
    defaultMode: "idle",
    modes: { idle: [], teleop: [], safe: { nodes: [], urgent: true } },
  }),
  ...{ clock: systemClock, holder, epoch: 1, state: () => state, log: () => undefined },
};

test("I9: an urgent request that is read while a long backlog is handed over overtakes it", async () => {
  const ledger = new RequestLedger();
  const writer = new RedisWriter({
    ...{ bus, ledger, keys: redisKeys("x"), token: `1:${holder}`, eventsKept: 10, resultTtlMs: 10 },
    ...{ client: new Redis({ lazyConnect: true }), onFailure: () => undefined },
  });
  const emitted: ModeRequest[] = [];
  const admission = new RedisAdmission({
    ...{ bus, ledger, writer, emit: (request) => emitted.push(request), onFailure: () => undefined },
    accept: async (requests) => [Date.now(), ...requests.map(() => null)],
  });
  const entry = (number: number, mode: string) => ({
    entry: `${Date.now()}-${number}`,
    fields: ["mode", mode, "id", `r${number}`, "on_busy", "queue"],
  });
  admission.admitBacklog(
    [],
    Array.from({ length: 1_000 }, (_, number) => entry(number, "teleop")),
  );
  while (emitted.length === 0) await turn();
  await admission.admit([entry(1_000, "safe")]);
  const overtaken = emitted.length;
  while (emitted.length <= 1_000) await turn();

  const after = emitted.slice(overtaken);
  expect(emitted[overtaken - 1]?.mode).toBe("safe");
  expect(after.length).toBeGreaterThan(500);
  expect(after.every(({ supersededBy }) => supersededBy?.mode === "safe")).toBe(true);
});
