/**
 * Opens connections to Redis, each tuned for what it is used for, and never shows a password.
 *
 * ioredis reconnects by itself; everything it would repeat or queue behind our back is switched off, because a
 * repeated command is executed twice and a hidden reconnect loses wake-ups. What an error means is redis-trouble.ts's.
 */
import { readFileSync } from "node:fs";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { Redis, type RedisOptions } from "ioredis";
import { ModeshiftError, messageOf } from "../errors.ts";
import { parseRedisUrl } from "./redis-url.ts";

/** A client to duplicate (never closed by us), options, or a URL: `redis://`, `rediss://`, `unix://` or a socket's path. */
export type RedisConnection = Redis | Omit<RedisOptions, "replyMapping"> | string;

/** Where Redis is and how to be let in. */
export interface RedisAccess {
  readonly connection: RedisConnection;
  /** A file that holds nothing but the password; wins over one in the connection. */
  readonly passwordFile?: string;
  /** For a URL: certificates of a private authority or of this client. */
  readonly tls?: TlsOptions;
}

/** Makes connections to one server. */
export interface RedisEndpoint {
  /** Host and port, without credentials. */
  readonly description: string;
  connect(role: string, overrides?: Omit<RedisOptions, "replyMapping">): Redis;
}

const common: Omit<RedisOptions, "replyMapping"> = {
  keyPrefix: "",
  protocol: 3,
  connectTimeout: 3_000,
  keepAlive: 10_000,
  // A server that does not answer is as good as gone; without this a frozen one is waited for for ever.
  socketTimeout: 3_000,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  autoResubscribe: false,
  disableClientInfo: true,
  lazyConnect: false,
  retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times - 1, 5), 1_000) + Math.random() * 50,
};

/** @throws BAD_OPTION when the URL cannot be read or the password file not opened. Does not connect. */
export function redisEndpoint(access: RedisAccess, namespace: string): RedisEndpoint {
  const { connection } = access;
  const credentials =
    access.passwordFile === undefined ? {} : { password: readPassword(access.passwordFile) };
  const settings = (role: string): RedisOptions => ({
    ...common,
    ...credentials,
    connectionName: `modeshift:${namespace}:${role}`,
  });
  if (isClient(connection)) {
    return {
      description: describe(connection.options),
      connect: (role, overrides) => guarded(connection.duplicate({ ...settings(role), ...overrides })),
    };
  }
  const options = typeof connection === "string" ? parseRedisUrl(connection) : connection;
  const tls = access.tls === undefined ? {} : { tls: access.tls };
  return {
    description: describe(options),
    connect: (role, overrides) =>
      guarded(new Redis({ ...options, ...tls, ...settings(role), ...overrides, replyMapping: "legacy" })),
  };
}

/** ioredis hears a stream's first error only, and the second one (two alerts of a TLS server) would end the process. */
function guarded(client: Redis): Redis {
  const hear = (): void => void client.stream?.on("error", () => undefined);
  // Amid a handshake nothing is connected yet: the first error is the last moment.
  return client.on("connect", hear).on("error", hear);
}

function isClient(connection: RedisConnection): connection is Redis {
  return (
    typeof connection === "object" && "duplicate" in connection && typeof connection.duplicate === "function"
  );
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new ModeshiftError(
      "BAD_OPTION",
      `The file with the Redis password cannot be read: ${messageOf(error)}.`,
      { cause: error },
    );
  }
}

function describe({
  path,
  host,
  port,
}: {
  path?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
}): string {
  return path ?? `${host ?? "127.0.0.1"}:${port ?? 6379}`;
}
