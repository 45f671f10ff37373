/**
 * Everything that can befall a Redis server and the links to it, as it was seen or can be done by hand.
 *
 * Each kind does its harm, lasts a while, and mends it again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { consumerGroup, type RedisKeys } from "../../src/bus/redis-keys.ts";
import type { RedisServer } from "../fixtures/redis-server.ts";
import type { TcpProxy } from "../fixtures/tcp-proxy.ts";

export interface FaultScene {
  readonly server: RedisServer;
  readonly proxy: TcpProxy | undefined;
  readonly keys: RedisKeys;
  /** An administrator's connection, straight to the server. */
  readonly admin: Redis;
  /** How long a lasting fault lasts. */
  readonly lastsMs: number;
  /** How often a momentary one is repeated. */
  readonly times: number;
}

export interface FaultKind {
  readonly name: string;
  readonly args?: readonly string[];
  /** The links go through a proxy. */
  readonly proxied?: boolean;
  /** Requests may be refused at once while it lasts: their senders are told. */
  readonly refuses?: boolean;
  readonly strike: (scene: FaultScene) => Promise<void>;
}

const crash = async ({ server, lastsMs }: FaultScene): Promise<void> => {
  await server.crash();
  await sleep(lastsMs / 4);
  await server.restart();
};

const repeat =
  (harm: (scene: FaultScene) => Promise<unknown>) =>
  async (scene: FaultScene): Promise<void> => {
    for (let time = 0; time < scene.times; time += 1) {
      await harm(scene);
      await sleep(scene.lastsMs / scene.times);
    }
  };

/** A key holds something else for a while. */
const wrongType =
  (name: "requests" | "state" | "events" | "nodes" | "lease") =>
  async ({ admin, keys, lastsMs }: FaultScene): Promise<void> => {
    const key = keys[name];
    await admin.multi().del(key).sadd(key, "something else").exec();
    await sleep(lastsMs);
    await admin.del(key);
  };

export const faultKinds: readonly FaultKind[] = [
  { name: "SIGKILL, nothing kept", strike: crash },
  { name: "SIGKILL, AOF everysec", args: ["--appendonly", "yes"], strike: crash },
  {
    name: "SIGKILL, AOF always",
    args: ["--appendonly", "yes", "--appendfsync", "always"],
    strike: crash,
  },
  {
    name: "SIGSTOP of the server",
    strike: async ({ server, lastsMs }) => {
      server.signal("SIGSTOP");
      await sleep(lastsMs);
      server.signal("SIGCONT");
    },
  },
  {
    name: "half-open links",
    proxied: true,
    strike: async ({ proxy, lastsMs }) => {
      proxy?.freeze();
      await sleep(lastsMs);
      proxy?.thaw();
    },
  },
  { name: "RST on all links", proxied: true, strike: repeat(async ({ proxy }) => proxy?.reset()) },
  {
    name: "CLIENT KILL of all",
    strike: repeat(({ admin }) => admin.call("client", "kill", "type", "normal", "skipme", "yes")),
  },
  { name: "FLUSHALL", strike: repeat(({ admin }) => admin.flushall()) },
  {
    name: "XGROUP DESTROY",
    strike: repeat(({ admin, keys }) =>
      admin.xgroup("DESTROY", keys.requests, consumerGroup).catch(() => undefined),
    ),
  },
  { name: "DEL of the request stream", strike: repeat(({ admin, keys }) => admin.del(keys.requests)) },
  {
    name: "XTRIM of the request stream",
    strike: repeat(({ admin, keys }) => admin.xtrim(keys.requests, "MAXLEN", 0)),
  },
  {
    name: "XTRIM of the events",
    strike: repeat(({ admin, keys }) => admin.xtrim(keys.events, "MAXLEN", 0)),
  },
  {
    name: "out of memory",
    refuses: true,
    strike: async ({ admin, lastsMs }) => {
      await admin.config("SET", "maxmemory", "1");
      await sleep(lastsMs);
      await admin.config("SET", "maxmemory", "0");
    },
  },
  { name: "wrong type: requests", refuses: true, strike: wrongType("requests") },
  { name: "wrong type: state", strike: wrongType("state") },
  { name: "wrong type: events", strike: wrongType("events") },
  { name: "wrong type: nodes", strike: wrongType("nodes") },
  { name: "wrong type: lease", refuses: true, strike: wrongType("lease") },
  {
    name: "read-only replica",
    strike: async ({ admin, lastsMs }) => {
      await admin.replicaof("127.0.0.1", 1);
      await sleep(lastsMs);
      await admin.replicaof("NO", "ONE");
    },
  },
  {
    name: "busy with a script",
    args: ["--busy-reply-threshold", "50"],
    strike: async ({ server, admin, lastsMs }) => {
      // Connected before: a busy server lets nobody become ready.
      const killer = server.client();
      await killer.ping();
      const busy = admin.eval("while true do end", 0).catch(() => undefined);
      await sleep(lastsMs);
      await killer.script("KILL");
      await busy;
    },
  },
  {
    name: "XADD of the last possible id",
    refuses: true,
    strike: async ({ admin, keys }) => {
      await admin.xadd(
        keys.requests,
        "18446744073709551615-18446744073709551615",
        "mode",
        "idle",
        "id",
        "poison",
      );
    },
  },
  { name: "DEL of the lease", strike: repeat(({ admin, keys }) => admin.del(keys.lease)) },
  {
    name: "the lease is stolen",
    strike: async ({ admin, keys, lastsMs }) => {
      await admin.set(keys.lease, "99:elsewhere/1/thief", "PX", Math.round(lastsMs));
      await sleep(lastsMs);
    },
  },
  { name: "SCRIPT FLUSH", strike: repeat(({ admin }) => admin.script("FLUSH")) },
];
