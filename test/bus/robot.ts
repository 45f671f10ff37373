/**
 * A robot for bus tests: the real manager on a real bus, with fake processes in real time.
 */
import { createLifecycleManager, defineCatalogue, type Bus, type LifecycleManager } from "modeshift";
import { redisBus, type RedisBusOptions } from "modeshift/redis";
import { fakeSupervisor, type FakeSupervisor } from "modeshift/testing";
import type { RedisServer } from "../fixtures/redis-server.ts";

export const catalogue = defineCatalogue({
  defaultMode: "idle",
  modes: {
    idle: ["clock"],
    teleop: ["clock", "drive"],
    autonomous: ["clock", "drive", "planner"],
    slow: ["clock", "sleeper"],
    safe: { nodes: [], urgent: true },
  },
});

export interface Robot {
  readonly manager: LifecycleManager<string, string>;
  readonly bus: Bus;
  readonly supervisor: FakeSupervisor;
  /** How often a node's process was spawned. */
  spawned(node: string): number;
}

/** Starts a robot and waits for its boot. The node `sleeper` takes 400 ms to be ready. */
export async function startRobot(
  server: RedisServer,
  namespace: string,
  options: Partial<RedisBusOptions> & { readonly epoch?: number } = {},
): Promise<Robot> {
  const { epoch = 1, ...busOptions } = options;
  const bus = redisBus({ connection: server.path, namespace, ...busOptions });
  const supervisor = fakeSupervisor({ nodes: { sleeper: { startMs: 400 } }, opened: { epoch } });
  const manager = createLifecycleManager<string, string>({ catalogue, supervisor, bus });
  await manager.start();
  const spawned = (node: string): number =>
    supervisor.entries.filter((entry) => entry.kind === "spawned" && entry.node === node).length;
  return { manager, bus, supervisor, spawned };
}
