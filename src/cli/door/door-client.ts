/**
 * Asks at a local door: one typed function per route, faults as MANAGER_NOT_FOUND and MANAGER_LOST.
 *
 * Which door is connect.ts's to find. What the answers mean is for the commands.
 */
import type { IncomingMessage } from "node:http";
import { request as httpRequest } from "node:http";
import type { ManagerEvent } from "../../bus/event.ts";
import { codeOf, ModeshiftError, type ErrorCode } from "../../errors.ts";
import type { ModePlan } from "../../lifecycle/mode-plan.ts";
import {
  parseMessage,
  printMessage,
  readState,
  type DoorRequest,
  type ModeMessage,
  type RequestAnswer,
  type RestartMessage,
  type StateMessage,
  type StreamItem,
} from "./door-messages.ts";
import type { ManagerLink } from "../manager-link.ts";

type Message = Readonly<Record<string, unknown>>;

/** A door of a manager that was there when it was found. Every call opens its own connection. */
export class DoorClient implements ManagerLink {
  readonly namespace: string;
  readonly path: string;

  constructor(path: string, namespace: string) {
    this.path = path;
    this.namespace = namespace;
  }

  /** Nothing is kept open. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  async state(): Promise<StateMessage> {
    return readState(await this.#get("/v1/state"));
  }

  async modes(): Promise<readonly ModeMessage[]> {
    return (await this.#get("/v1/modes"))["modes"] as readonly ModeMessage[];
  }

  /** @throws MODE_UNKNOWN */
  async plan(mode: string): Promise<ModePlan> {
    return (await this.#get(`/v1/plan?mode=${encodeURIComponent(mode)}`)) as unknown as ModePlan;
  }

  /** The last events, oldest first. */
  async history(count: number): Promise<readonly ManagerEvent[]> {
    return (await this.#get(`/v1/history?tail=${count}`))["events"] as readonly ManagerEvent[];
  }

  /** Waits for the result, or for the acceptance when `wait` is false. Abort of `signal` ends only the wait. */
  async request(asked: DoorRequest, signal?: AbortSignal): Promise<RequestAnswer> {
    return (await this.#post("/v1/request", asked, signal)) as unknown as RequestAnswer;
  }

  /** @throws NODE_UNKNOWN */
  async restart(node: string): Promise<RestartMessage> {
    return (await this.#post("/v1/restart", { node })) as unknown as RestartMessage;
  }

  /** Stops the manager. Resolves when the last node is gone. */
  async down(): Promise<void> {
    await this.#post("/v1/down", {});
  }

  /** Serves the inspector page if it is not served yet. Resolves with its address. */
  async inspect(port?: number): Promise<string> {
    return (await this.#post("/v1/inspect", port === undefined ? {} : { port }))["url"] as string;
  }

  /**
   * The whole state, then every event after it. Ends when `signal` aborts. @throws MANAGER_LOST
   * @yields the snapshot first
   */
  async *watch(signal?: AbortSignal): AsyncGenerator<StreamItem> {
    for await (const message of this.#lines("/v1/events", signal)) {
      if (message["type"] === "snapshot") {
        yield { type: "snapshot", snapshot: readState(message["snapshot"] as object) };
      } else yield message as unknown as StreamItem;
    }
    if (signal?.aborted !== true) throw this.#lost();
  }

  /**
   * A node's last lines, then the new ones when `follow`. @throws NODE_UNKNOWN
   * @yields lines without their ends
   */
  async *logs(node: string, tail: number, follow: boolean, signal?: AbortSignal): AsyncGenerator<string> {
    const query = `node=${encodeURIComponent(node)}&tail=${tail}${follow ? "&follow=1" : ""}`;
    for await (const { line } of this.#lines(`/v1/logs?${query}`, signal)) yield String(line);
  }

  #get(path: string): Promise<Message> {
    return this.#whole("GET", path);
  }

  #post(path: string, message: object, signal?: AbortSignal): Promise<Message> {
    return this.#whole("POST", path, printMessage(message), signal);
  }

  async #whole(method: string, path: string, body?: string, signal?: AbortSignal): Promise<Message> {
    const response = await this.#open(method, path, body, signal);
    try {
      const text = await textOf(response);
      const message = parseMessage(text);
      if (message === undefined) throw this.#lost();
      refuse(message);
      return message;
    } catch (error) {
      throw codeOf(error) === "ECONNRESET" ? this.#lost(error) : error;
    }
  }

  /**
   * Ends quietly when `signal` aborts. @throws MANAGER_LOST when the connection is cut
   * @yields messages
   */
  async *#lines(path: string, signal?: AbortSignal): AsyncGenerator<Message> {
    try {
      const response = await this.#open("GET", path, undefined, signal);
      for await (const line of linesOf(response)) {
        const message = parseMessage(line);
        if (message === undefined) continue;
        refuse(message);
        yield message;
      }
    } catch (error) {
      if (signal?.aborted !== true) throw codeOf(error) === "ECONNRESET" ? this.#lost(error) : error;
    }
  }

  #open(method: string, path: string, body?: string, signal?: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asking = httpRequest({
        socketPath: this.path,
        method,
        path,
        agent: false,
        headers: { host: "door", "content-type": "application/json" },
        ...(signal === undefined ? {} : { signal }),
      });
      asking.once("response", resolve);
      asking.once("error", (error) => reject(this.#fault(error)));
      asking.end(body);
    });
  }

  #fault(error: Error): Error {
    const code = codeOf(error);
    if (code === "ABORT_ERR") return new ModeshiftError("ABORTED", "The wait was ended.", { cause: error });
    if (code !== "ENOENT" && code !== "ECONNREFUSED" && code !== "EACCES") return this.#lost(error);
    const subject = `manager of namespace '${this.namespace}'`;
    const message =
      code === "EACCES"
        ? `The ${subject} belongs to another user: ${this.path} may not be opened.`
        : `No ${subject} is running here.`;
    return new ModeshiftError("MANAGER_NOT_FOUND", message, { cause: error });
  }

  #lost(cause?: unknown): ModeshiftError {
    return new ModeshiftError(
      "MANAGER_LOST",
      `The manager of namespace '${this.namespace}' went away before it had answered.`,
      { cause },
    );
  }
}

function refuse(message: Message): void {
  const error = message["error"] as { readonly code: ErrorCode; readonly message: string } | undefined;
  if (error !== undefined) throw new ModeshiftError(error.code, error.message);
}

/** @yields the lines of a response, without their ends */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
