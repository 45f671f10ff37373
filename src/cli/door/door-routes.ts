/**
 * What can be asked at the local door, and which part of the manager answers.
 *
 * Everything that comes in is read here with suspicion (I13). Sockets and limits are serve-door.ts's; how a manager
 * looks from here is manager-door.ts's.
 */
import { randomUUID } from "node:crypto";
import type { Observable } from "rxjs";
import type { ManagerEvent } from "../../bus/event.ts";
import { isMalformed, parseRequest } from "../../bus/request-message.ts";
import { ModeshiftError } from "../../errors.ts";
import type { TransitionResult } from "../../modes/result.ts";
import type { ModePlan } from "../../lifecycle/mode-plan.ts";
import type { NodeLog } from "../../supervisor/supervisor.ts";
import {
  printableState,
  type Accepted,
  type DoorRequest,
  type ModeMessage,
  type RequestAnswer,
  type RestartMessage,
  type StateMessage,
} from "./door-messages.ts";
import type { DoorCall, DoorReply } from "./serve-door.ts";

/** What the door asks of the manager behind it. */
export interface DoorManager {
  snapshot(): StateMessage;
  readonly events$: Observable<ManagerEvent>;
  /** The last events, oldest first. */
  history(count: number): readonly ManagerEvent[];
  modes(): readonly ModeMessage[];
  /** @throws MODE_UNKNOWN */
  plan(mode: string): ModePlan;
  /** Resolves with the request's one result. `gone` ends only the wait. */
  request(request: DoorRequest, gone: AbortSignal): Promise<TransitionResult>;
  /** Stops and starts one node of the current mode. @throws NODE_UNKNOWN, BAD_OPTION */
  restart(node: string): Promise<RestartMessage>;
  /** @throws NODE_UNKNOWN */
  log(node: string): NodeLog;
  /** Serves the inspector page, if it is not served yet, and says where. */
  inspect(port: number | undefined): Promise<string>;
  /** Stops everything. Resolves when the last node is gone. */
  stop(): Promise<void>;
}

type Route = (manager: DoorManager, call: DoorCall) => DoorReply | Promise<DoorReply>;

const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["GET /v1/state", (manager) => ({ message: printableState(manager.snapshot()) })],
  ["GET /v1/modes", (manager) => ({ message: { modes: manager.modes() } })],
  ["GET /v1/plan", (manager, { query }) => ({ message: manager.plan(query.get("mode") ?? "") })],
  [
    "GET /v1/history",
    (manager, { query }) => ({ message: { events: manager.history(countIn(query, "tail", 50)) } }),
  ],
  ["GET /v1/events", (manager) => ({ lines: (write, gone) => streamEvents(manager, write, gone) })],
  ["GET /v1/logs", (manager, { query }) => streamLog(manager, query)],
  ["POST /v1/request", request],
  [
    "POST /v1/restart",
    async (manager, { body }) => ({ message: await manager.restart(textIn(body, "node")) }),
  ],
  [
    "POST /v1/inspect",
    async (manager, { body }) => ({ message: { url: await manager.inspect(portIn(body)) } }),
  ],
  [
    "POST /v1/down",
    async (manager) => {
      await manager.stop();
      return { message: { stopped: true } };
    },
  ],
]);

/** Answers one call. @throws BAD_OPTION for a path that is not known, and whatever the manager refuses */
export async function answerCall(manager: DoorManager, call: DoorCall): Promise<DoorReply> {
  const route = routes.get(`${call.method} ${call.path}`);
  if (route === undefined) {
    throw new ModeshiftError(
      "BAD_OPTION",
      `${call.method} ${call.path.slice(0, 80)} is not known here: this manager may be of another version.`,
    );
  }
  return route(manager, call);
}

async function request(manager: DoorManager, call: DoorCall): Promise<DoorReply> {
  const { gone } = call;
  const asked = readRequest(call);
  // Listening first: a request that begins at once is accepted before `request` returns.
  const acceptance = asked.wait ? [] : [accepted(manager, asked.id, gone)];
  const result = manager.request(asked, gone).then((answer): RequestAnswer => ({ result: answer }));
  // The result may come without an acceptance: a refusal, or an id that was answered before.
  const answer = await Promise.race([result, ...acceptance]);
  result.catch(() => undefined);
  return { message: answer, status: "result" in answer ? 200 : 202 };
}

function accepted(manager: DoorManager, id: string, gone: AbortSignal): Promise<Accepted> {
  return new Promise((resolve) => {
    const subscription = manager.events$.subscribe((event) => {
      if (event.type !== "accepted" || event.id !== id) return;
      resolve({ accepted: true, requestId: id, position: event.data.position });
    });
    gone.addEventListener("abort", () => subscription.unsubscribe());
  });
}

/** The same message as on Redis, with `wait` beside it. */
function readRequest({ body, text }: DoorCall): DoorRequest {
  const message = parseRequest(["data", text]);
  if (isMalformed(message)) {
    throw new ModeshiftError("BAD_OPTION", `The request cannot be read: ${message.problem}.`);
  }
  const { id = randomUUID(), mode, by, onBusy, deadline, ttlMs } = message;
  const ttl = deadline === undefined ? ttlMs : Math.max(0, deadline - Date.now());
  return {
    id,
    mode,
    wait: body["wait"] !== false,
    ...(by === undefined ? {} : { by }),
    ...(onBusy === undefined ? {} : { onBusy }),
    ...(ttl === undefined ? {} : { ttl }),
  };
}

function textIn(body: DoorCall["body"], field: string): string {
  const value = body[field];
  if (typeof value !== "string" || value === "" || value.length > 256) {
    throw bad(field, "a text of 1 to 256 characters");
  }
  return value;
}

function portIn(body: DoorCall["body"]): number | undefined {
  const { port } = body;
  if (port === undefined) return undefined;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw bad("port", "0 to 65535");
  }
  return port;
}

function countIn(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,6}$/.test(text)) throw bad(name, "a whole number");
  return Number(text);
}

function bad(field: string, expected: string): ModeshiftError {
  return new ModeshiftError("BAD_OPTION", `'${field}' must be ${expected}.`);
}

/** The snapshot and every event after it, without a gap: both are taken in one turn of the event loop (I16). */
async function streamEvents(
  manager: DoorManager,
  write: (message: object) => void,
  gone: AbortSignal,
): Promise<void> {
  const snapshot = manager.snapshot();
  write({ type: "snapshot", snapshot: printableState(snapshot) });
  await until(gone, manager.events$, (event) => {
    if (event.seq > (snapshot.seq ?? 0)) write({ type: "event", event });
  });
}

async function streamLog(manager: DoorManager, query: URLSearchParams): Promise<DoorReply> {
  const log = manager.log(query.get("node") ?? "");
  const count = Math.min(countIn(query, "tail", 50), 10_000);
  if (query.get("follow") === "1") {
    return { lines: (write, gone) => until(gone, log.follow(count), (line) => write({ line })) };
  }
  const tail = await log.tail(count);
  return {
    lines: (write) => {
      for (const line of tail) write({ line });
      return Promise.resolve();
    },
  };
}

function until<T>(gone: AbortSignal, source$: Observable<T>, take: (value: T) => void): Promise<void> {
  return new Promise((resolve) => {
    const subscription = source$.subscribe({ next: take, complete: resolve, error: () => resolve() });
    const leave = (): void => {
      subscription.unsubscribe();
      resolve();
    };
    if (gone.aborted) leave();
    else gone.addEventListener("abort", leave, { once: true });
  });
}
