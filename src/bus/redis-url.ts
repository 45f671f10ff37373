/**
 * Redis URLs: read strictly, and never shown with what is secret in them.
 *
 * `redis://user:password@host:port/db`, `rediss://` for TLS, `unix:///run/redis.sock?db=1`, or a socket's path.
 */
import type { RedisOptions } from "ioredis";
import { ModeshiftError } from "../errors.ts";

type UrlOptions = Pick<RedisOptions, "host" | "port" | "path" | "db" | "username" | "password" | "tls">;

/** @throws BAD_OPTION without quoting the text, which may hold a password. */
export function parseRedisUrl(text: string): UrlOptions {
  if (text.startsWith("/")) return { path: text };
  // A URL with credentials must have a host; `unix://user:password@/path` has none.
  const whole = text.replace(/^(unix:\/\/[^/]*@)\//, "$1localhost/");
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || !["redis:", "rediss:", "unix:"].includes(url.protocol)) {
    throw new ModeshiftError(
      "BAD_OPTION",
      "The Redis URL cannot be read: it must look like redis://host:6379, rediss://host:6379 or unix:///run/redis.sock.",
    );
  }
  const options = {
    ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
    ...databaseOf(url),
  };
  if (url.protocol === "unix:") return { ...options, path: decodeURIComponent(url.pathname) };
  // An IPv6 address is in brackets in a URL, and nowhere else.
  const host = url.hostname === "" ? "127.0.0.1" : url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? 6379 : Number(url.port);
  return { ...options, host, port, ...(url.protocol === "rediss:" ? { tls: {} } : {}) };
}

function databaseOf(url: URL): { db?: number } {
  const text = (url.protocol === "unix:" ? url.searchParams.get("db") : url.pathname.slice(1)) ?? "";
  if (text === "") return {};
  if (!/^\d{1,5}$/.test(text)) {
    throw new ModeshiftError("BAD_OPTION", "The Redis URL must end with a database's number, or nothing.");
  }
  return { db: Number(text) };
}

/** Takes user names and passwords out of any URL in a text. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\w+:\/\/)[^\s/@]*@/g, "$1");
}
