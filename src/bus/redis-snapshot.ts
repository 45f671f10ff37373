/**
 * Reads the whole current state of a namespace in one step, with the place in the event stream it belongs to (I16).
 */
import type { Redis } from "ioredis";
import type { ManagerState } from "./bus.ts";
import type { RedisKeys } from "./redis-keys.ts";
import { parseState, stateFields } from "./state-message.ts";

/** The state, and where to read on from. */
export interface Snapshot {
  /** Undefined when no manager has ever been here. `bus` says whether one is here now. */
  readonly state: ManagerState | undefined;
  readonly seq: number;
  /** The last event folded in; `0-0` when there was none. */
  readonly event: string;
}

/** @throws the server's error. */
export async function readSnapshot(client: Redis, keys: RedisKeys, namespace: string): Promise<Snapshot> {
  const replies = await client
    .multi()
    .hmget(keys.state, ...stateFields, "seq", "event")
    .hgetall(keys.nodes)
    .get(keys.lease)
    .exec();
  const failed = replies?.find(([error]) => error !== null)?.[0];
  if (failed) throw failed;
  const [values, nodes, lease] = (replies ?? []).map(([, value]) => value) as [
    (string | null)[],
    Record<string, string>,
    string | null,
  ];
  const fields = new Map([...stateFields, "seq", "event"].map((name, index) => [name, values[index] ?? ""]));
  const state =
    fields.get("phase") === "" ? undefined : parseState(namespace, fields, new Map(Object.entries(nodes)));
  const event = fields.get("event") ?? "";
  return {
    state: state && { ...state, bus: healthOfLease(lease, state) },
    seq: Number(fields.get("seq") ?? 0),
    event: event === "" ? "0-0" : event,
  };
}

function healthOfLease(lease: string | null, { holder }: ManagerState): ManagerState["bus"] {
  const held = lease?.slice(lease.indexOf(":") + 1);
  if (held !== undefined) return { status: "connected", holder: held };
  const last = holder === "" ? "It was stopped in good order." : `The last one was ${holder}.`;
  return { status: "fault", reason: `No manager answers in this namespace. ${last}` };
}
