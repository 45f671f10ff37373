/**
 * The Redis door, `modeshift/redis`: the only one that loads ioredis.
 *
 * @packageDocumentation
 */
export { redisBus, type RedisBusOptions } from "./bus/redis-bus.ts";
export type { RedisAccess, RedisConnection } from "./bus/redis-connection.ts";
export { createModeClient, type ModeClient, type ModeClientOptions } from "./bus/redis-mode-client.ts";
export type { RequestModeOptions } from "./bus/redis-request-form.ts";
export type { WatchUpdate } from "./bus/redis-watch.ts";
