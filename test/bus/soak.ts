/**
 * Many ordinary requests, one after the other and side by side, to see whether anything grows.
 */
import { createModeClient } from "modeshift/redis";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { startRedisServer } from "../fixtures/redis-server.ts";
import { heapInUseMb } from "./heap.ts";
import { startRobot } from "./robot.ts";

export interface SoakReport {
  readonly answered: number;
  /** MiB after each tenth. */
  readonly heapMb: readonly number[];
  /** Sockets, timers and the like of this process after the first tenth, and at the end. */
  readonly resources: readonly [number, number];
  readonly connections: readonly [number, number];
  /** Node's warnings, such as too many listeners. */
  readonly warnings: readonly string[];
  readonly eventsInStream: number;
  readonly perSecond: number;
}

/** Sends `count` requests, `atOnce` at a time. */
export async function soak(count: number, atOnce: number): Promise<SoakReport> {
  const server = await startRedisServer();
  const robot = await startRobot(server, "soak", { resultTtlMs: 2_000 });
  const client = createModeClient({ connection: server.path, namespace: "soak" });
  const raw = server.client();
  const warnings: string[] = [];
  const onWarning = (warning: Error): unknown => warnings.push(warning.message);
  process.on("warning", onWarning);
  const connections = async (): Promise<number> =>
    String(await raw.client("LIST"))
      .trim()
      .split("\n").length;
  const resources = (): number => process.getActiveResourcesInfo().length;
  const heapMb: number[] = [];
  let answered = 0;
  let first: [number, number] = [0, 0];
  const began = performance.now();
  const perTenth = count / 10;
  for (let tenth = 0; tenth < 10; tenth += 1) {
    for (let sent = 0; sent < perTenth; sent += atOnce) {
      const asked = Array.from({ length: atOnce }, (_, index) =>
        client.requestMode(index === 0 ? "teleop" : "idle", { onBusy: "queue" }),
      );
      answered += (await Promise.all(asked)).length;
    }
    heapMb.push(heapInUseMb());
    if (tenth === 0) first = [resources(), await connections()];
  }
  const report: SoakReport = {
    ...{ answered, heapMb, warnings, perSecond: Math.round((count / (performance.now() - began)) * 1_000) },
    resources: [first[0], resources()],
    connections: [first[1], await connections()],
    eventsInStream: await raw.xlen(redisKeys("soak").events),
  };
  process.off("warning", onWarning);
  client.close();
  await robot.manager.stop();
  await server.stop();
  return report;
}
