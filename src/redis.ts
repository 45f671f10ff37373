/**
 * The Redis door, `modeshift/redis`: the only one that loads ioredis.
 *
 * @packageDocumentation
 */
export { redisBus, type RedisBusOptions } from "./bus/redis-bus.ts";
export type { RedisAccess, RedisConnection } from "./bus/redis-connection.ts";
