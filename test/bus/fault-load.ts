/**
 * Requests at a steady pace while something befalls the server: what was sent, answered, lost, done twice.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createModeClient, type RedisConnection } from "modeshift/redis";
import { redisKeys } from "../../src/bus/redis-keys.ts";
import { startRedisServer } from "../fixtures/redis-server.ts";
import { startTcpProxy } from "../fixtures/tcp-proxy.ts";
import type { FaultKind } from "./fault-kinds.ts";
import { startRobot } from "./robot.ts";

export interface FaultRow {
  readonly name: string;
  readonly sent: number;
  readonly answered: number;
  /** The sender was told at once that the server does not take it. */
  readonly refused: number;
  readonly lost: number;
  /** Requests that were begun, or answered, more than once. */
  readonly twice: number;
  readonly silenceMs: number;
  /** What the senders of the lost ones were told. */
  readonly losses: readonly string[];
}

export interface Load {
  readonly requests: number;
  readonly everyMs: number;
  readonly lastsMs: number;
  readonly times: number;
}

/** Sends `requests` at a steady pace; the fault strikes after a quarter of them. */
export async function loadUnder(kind: FaultKind, load: Load): Promise<FaultRow> {
  const server = await startRedisServer(kind.args === undefined ? {} : { args: kind.args });
  const proxy = kind.proxied === true ? await startTcpProxy(server.path) : undefined;
  const connection: RedisConnection = proxy === undefined ? server.path : `redis://127.0.0.1:${proxy.port}`;
  const robot = await startRobot(server, "load", { connection });
  const client = createModeClient({ connection, namespace: "load" });
  const counts = countOf(robot.manager);
  const answeredAt: number[] = [performance.now()];
  const errors: string[] = [];
  const ask = async (index: number): Promise<void> => {
    const mode = index % 2 === 0 ? "teleop" : "idle";
    try {
      await client.requestMode(mode, { id: `r${index}`, onBusy: "queue", timeoutMs: 60_000 });
      answeredAt.push(performance.now());
    } catch (error) {
      errors.push(error instanceof Error && "code" in error ? String(error.code) : String(error));
    }
  };
  const scene = { server, proxy, keys: redisKeys("load"), admin: server.client(), ...load };
  let striking: Promise<void> = Promise.resolve();
  const asked: Promise<void>[] = [];
  for (let index = 0; index < load.requests; index += 1) {
    if (index === Math.floor(load.requests / 4)) striking = kind.strike(scene);
    asked.push(ask(index));
    await sleep(load.everyMs);
  }
  await striking;
  await Promise.all(asked);
  const refused = errors.filter((code) => code === "BUS_REFUSED").length;
  client.close();
  await robot.manager.stop();
  await proxy?.stop();
  await server.stop();
  return {
    name: kind.name,
    sent: load.requests,
    answered: answeredAt.length - 1,
    refused,
    lost: errors.length - refused,
    twice: counts.twice(),
    silenceMs: Math.max(...answeredAt.map((time, index) => time - (answeredAt[index - 1] ?? time))),
    losses: errors.filter((code) => code !== "BUS_REFUSED"),
  };
}

/** Counts begins and results per request in the manager. */
function countOf(manager: Awaited<ReturnType<typeof startRobot>>["manager"]): { twice(): number } {
  const begun = new Map<string, number>();
  const answered = new Map<string, number>();
  const count = (map: Map<string, number>, id: string): unknown => map.set(id, (map.get(id) ?? 0) + 1);
  manager.events$.subscribe({
    next: (event) => {
      if (event.type === "transition" && event.data.cause === "request") count(begun, event.id);
      if (event.type === "result") count(answered, event.id);
    },
    error: () => undefined,
  });
  return {
    twice: () => [...begun.values(), ...answered.values()].filter((times) => times > 1).length,
  };
}

/** The table for people. */
export function tableOf(rows: readonly FaultRow[]): string {
  const line = (name: string, cells: readonly (string | number)[]): string =>
    name.padEnd(30) + cells.map((cell) => String(cell).padStart(9)).join("");
  return [
    line("fault", ["sent", "answered", "refused", "lost", "twice", "silence"]),
    ...rows.map(({ name, sent, answered, refused, lost, twice, silenceMs }) =>
      line(name, [sent, answered, refused, lost, twice, `${(silenceMs / 1_000).toFixed(2)} s`]),
    ),
  ].join("\n");
}
