/**
 * The way to a manager over Redis, with the local door, where there is one, as the way out when Redis falls silent.
 *
 * Plans and the list of modes are computed here, from the manager's own catalogue summary and state, by the code that
 * the manager uses (plan-preview.ts).
 */
import { EventEmitter, on } from "node:events";
import type { Observable } from "rxjs";
import type { ManagerState } from "../bus/bus.ts";
import type { ModeshiftError } from "../errors.ts";
import type { Catalogue } from "../modes/catalogue.ts";
import { createModeClient, type ModeClient, type RequestModeOptions } from "../redis.ts";
import type { DoorRequest, RequestAnswer, StateMessage, StreamItem } from "./door/door-messages.ts";
import { CliFault } from "./fault.ts";
import type { ManagerLink } from "./manager-link.ts";
import { listModes, previewPlan } from "./plan-preview.ts";

/** How long Redis may be silent before the local door is asked with the same id. */
const silenceMs = 1000;
const patienceMs = 2000;

/**
 * A link over Redis.
 *
 * @throws BUS_UNAVAILABLE when the server does not answer, within a second when there is a door; MANAGER_NOT_FOUND
 * when it answers and no manager is there.
 */
export async function connectRedis(
  url: string,
  namespace: string,
  door: ManagerLink | null,
): Promise<ManagerLink> {
  const client = createModeClient({
    connection: url,
    namespace,
    connectTimeoutMs: door === null ? patienceMs : silenceMs,
  });
  try {
    const link = new RedisLink(client, namespace, door);
    const { state } = await link.state();
    if (state.bus.status === "fault") throw noManager(namespace, state.bus.reason);
    return link;
  } catch (error) {
    client.close();
    throw error;
  }
}

class RedisLink implements ManagerLink {
  readonly namespace: string;
  readonly #client: ModeClient;
  readonly #door: ManagerLink | null;

  constructor(client: ModeClient, namespace: string, door: ManagerLink | null) {
    this.namespace = namespace;
    this.#client = client;
    this.#door = door;
  }

  async state(): Promise<StateMessage> {
    return this.#messageOf(await this.#client.state(), null);
  }

  async modes(): ReturnType<ManagerLink["modes"]> {
    return listModes(await this.#catalogue());
  }

  async plan(mode: string): ReturnType<ManagerLink["plan"]> {
    const [catalogue, { state }] = await Promise.all([this.#catalogue(), this.state()]);
    return previewPlan(catalogue, state, mode);
  }

  async history(count: number): ReturnType<ManagerLink["history"]> {
    if (count <= 0) return [];
    for (let asked = count * 2; ; asked *= 4) {
      const events = await this.#client.history(asked);
      // As at the door: progress repeats what node events say.
      const told = events.filter((event) => event.type !== "progress");
      if (told.length >= count || events.length < asked) return told.slice(-count);
    }
  }

  async *watch(signal?: AbortSignal): AsyncGenerator<StreamItem> {
    for await (const update of valuesOf(this.#client.watch(), signal)) {
      if (update.type === "event") yield update;
      else yield { type: "snapshot", snapshot: this.#messageOf(update.state, update.seq) };
    }
  }

  request(asked: DoorRequest, signal?: AbortSignal): Promise<RequestAnswer> {
    const answered = new AbortController();
    const gone = AbortSignal.any([answered.signal, ...(signal === undefined ? [] : [signal])]);
    return new Promise<RequestAnswer>((resolve, reject) => {
      const silence = setTimeout(() => {
        // Ids are one space (I7): whichever way is read first, the request is executed once.
        const { ttl } = asked;
        const left = ttl === undefined ? asked : { ...asked, ttl: Math.max(0, ttl - silenceMs) };
        this.#door?.request(left, gone).then(resolve, reject);
      }, silenceMs);
      const options: RequestModeOptions = {
        ...optionsOf(asked),
        signal: gone,
        timeoutMs: 2 ** 31 - 1,
        onEvent: (event) => {
          clearTimeout(silence);
          if (asked.wait || event.type !== "accepted") return;
          resolve({ accepted: true, requestId: asked.id, position: event.data.position });
        },
      };
      this.#client
        .requestMode(asked.mode, options)
        .then((result) => resolve({ result }), reject)
        .finally(() => clearTimeout(silence));
    }).finally(() => answered.abort());
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  #messageOf(state: ManagerState | undefined, seq: number | null): StateMessage {
    if (state === undefined) throw noManager(this.namespace, undefined);
    return {
      state,
      supervisor: null,
      pid: null,
      source: null,
      readAt: null,
      inspector: null,
      redis: true,
      seq,
    };
  }

  async #catalogue(): Promise<Catalogue> {
    const catalogue = await this.#client.catalogue();
    if (catalogue === undefined) throw noManager(this.namespace, undefined);
    return catalogue;
  }
}

function optionsOf({ id, by, onBusy, ttl }: DoorRequest): RequestModeOptions {
  return {
    id,
    ...(by === undefined ? {} : { by }),
    ...(onBusy === undefined ? {} : { onBusy }),
    ...(ttl === undefined ? {} : { deadlineMs: ttl }),
  };
}

function noManager(namespace: string, reason: string | undefined): ModeshiftError {
  return new CliFault(
    "MANAGER_NOT_FOUND",
    `No manager of namespace '${namespace}' answers on this Redis${reason === undefined ? "" : `: ${reason.replace(/\.$/, "")}`}.`,
    "modeshift up on the robot, with the same --redis; or correct --namespace",
  );
}

/**
 * An Observable as a generator; ends when `signal` aborts.
 * @yields what it emits
 */
async function* valuesOf<T>(source$: Observable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const emitter = new EventEmitter();
  const values = on(emitter, "value", { close: ["end"], ...(signal === undefined ? {} : { signal }) });
  const subscription = source$.subscribe({
    next: (value) => emitter.emit("value", value),
    complete: () => emitter.emit("end"),
  });
  try {
    for await (const [value] of values as AsyncIterable<[T]>) yield value;
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    subscription.unsubscribe();
  }
}
