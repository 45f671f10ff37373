/**
 * The names of everything that one robot has on a Redis server.
 *
 * The namespace is a hash tag, so that all keys of a robot are in one slot and scripts work on a cluster. No user text
 * is part of a key but request ids, whose form is checked (I13).
 */
import { ModeshiftError } from "../errors.ts";

/** The keys and channels of one namespace. */
export interface RedisKeys {
  readonly requests: string;
  readonly events: string;
  readonly state: string;
  readonly nodes: string;
  readonly lease: string;
  readonly deadLetter: string;
  /** PUBLISH door: the same name as the stream, which is no clash. */
  readonly requestChannel: string;
  readonly changedChannel: string;
  result(id: string): string;
}

/** The one consumer group on the request stream, and its one consumer: a successor reads what its predecessor left. */
export const consumerGroup = "modeshift";
export const consumerName = "manager";

const namespacePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** @throws BAD_OPTION when the namespace has another form than [A-Za-z0-9][A-Za-z0-9_.-]{0,63}. */
export function redisKeys(namespace: string): RedisKeys {
  if (!namespacePattern.test(namespace)) {
    throw new ModeshiftError(
      "BAD_OPTION",
      `The namespace is '${namespace}': it must begin with a letter or digit and have at most 64 letters, digits, '_', '.' and '-'.`,
    );
  }
  const prefix = `modeshift:{${namespace}}:`;
  return {
    requests: `${prefix}mode/request`,
    events: `${prefix}events`,
    state: `${prefix}state`,
    nodes: `${prefix}nodes`,
    lease: `${prefix}lease`,
    deadLetter: `${prefix}dead-letter`,
    requestChannel: `${prefix}mode/request`,
    changedChannel: `${prefix}mode/changed`,
    result: (id) => `${prefix}result:${id}`,
  };
}
