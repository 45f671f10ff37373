/**
 * The PUBLISH door: `redis-cli PUBLISH 'modeshift:{rover-1}:mode/request' teleop` becomes a durable stream entry.
 *
 * Pub/sub is at most once: what is published while no manager holds the lease is lost, and nobody is told. From the
 * entry on it is a request like any other, with the entry's id when it brings none.
 */
import type { Redis } from "ioredis";
import { messageOf } from "../errors.ts";
import type { BusContext } from "./bus.ts";
import type { RedisKeys } from "./redis-keys.ts";
import { forwardPublished, runScript } from "./redis-scripts.ts";
import type { RedisWriter } from "./redis-writer.ts";
import { fieldsOfPublish, maxRequestBytes } from "./request-message.ts";

/** What the door works with. */
export interface PublishDoorContext {
  readonly bus: BusContext;
  readonly keys: RedisKeys;
  /** Carries the subscription. */
  readonly reader: Redis;
  readonly client: Redis;
  readonly token: string;
  readonly writer: RedisWriter;
  readonly isLeaseValid: () => boolean;
}

const messagesPerCall = 128;
const maxWaiting = 10_000;

/** Opens the door. Returns what closes it. */
export function openPublishDoor({
  bus,
  keys,
  reader,
  client,
  token,
  writer,
  isLeaseValid,
}: PublishDoorContext): () => void {
  let waiting: (readonly string[])[] = [];
  let isForwarding = false;
  const forward = async (): Promise<void> => {
    if (isForwarding) return;
    isForwarding = true;
    while (waiting.length > 0) {
      const words = waiting
        .splice(0, messagesPerCall)
        .flatMap((fields) => [String(fields.length), ...fields]);
      try {
        await runScript(client, forwardPublished, [keys.lease, keys.requests], [token, ...words]);
      } catch (error) {
        waiting = [];
        bus.log("warn", `Messages of the PUBLISH door were lost: ${messageOf(error)}.`);
      }
    }
    isForwarding = false;
  };
  const onMessage = (channel: string, text: string): void => {
    if (channel !== keys.requestChannel || !isLeaseValid() || waiting.length >= maxWaiting) return;
    if (Buffer.byteLength(text) > maxRequestBytes) {
      writer.bury("", `PUBLISH of ${Buffer.byteLength(text)} bytes: a request may have ${maxRequestBytes}`, [
        text,
      ]);
      return;
    }
    waiting.push(fieldsOfPublish(text, bus.catalogue));
    void forward();
  };
  const subscribe = (): void => {
    reader.subscribe(keys.requestChannel).catch((error: unknown) => {
      bus.log("warn", `The PUBLISH door stays shut: ${messageOf(error)}.`);
    });
  };
  reader.on("message", onMessage);
  reader.on("ready", subscribe);
  return () => {
    reader.off("message", onMessage);
    reader.off("ready", subscribe);
  };
}
