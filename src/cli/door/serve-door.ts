/**
 * Serves the local door: HTTP over a Unix socket that only its owner can open, bounded in size, time and number.
 *
 * What a path means is door-routes.ts's; where the socket lies socket-path.ts's. Holds I13: whatever comes in, the
 * answer is a status and a sentence. A reader that does not keep up loses its connection, never the manager its pace.
 */
import { chmod, unlink } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { codeOf, messageOf, ModeshiftError } from "../../errors.ts";
import { CliFault } from "../fault.ts";
import { parseMessage, printMessage } from "./door-messages.ts";
import { isAnswering } from "./is-answering.ts";
import { doorPath, makeDoorDirectory, type DoorEnvironment } from "./socket-path.ts";

const longestBodyBytes = 64 * 1024;
const longestBacklogBytes = 1024 * 1024;
const mostConnections = 128;

/** One call at the door. */
export interface DoorCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body of a POST, as it came. */
  readonly text: string;
  /** The same as JSON, names in camelCase. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Aborts when the caller has left or the door closes. */
  readonly gone: AbortSignal;
}

/** A message, or lines of them until the writer is done. */
export type DoorReply =
  | { readonly message: object; readonly status?: number }
  | { readonly lines: (write: (message: object) => void, gone: AbortSignal) => Promise<void> };

/** A door that is open. */
export interface Door {
  readonly path: string;
  /** Answers what is being answered, for at most a second, and removes the socket. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the door of a namespace, in place of a dead manager's socket.
 *
 * @throws STATE_LOCKED when a living manager has it; STATE_UNWRITABLE when there is no safe place for it.
 */
export async function serveDoor(
  env: DoorEnvironment,
  namespace: string,
  handle: (call: DoorCall) => Promise<DoorReply>,
): Promise<Door> {
  await makeDoorDirectory(env);
  const path = doorPath(env, namespace);
  if (await isAnswering(path)) {
    throw new CliFault(
      "STATE_LOCKED",
      `A manager of namespace '${namespace}' is running already: it answers at ${path}.`,
      "modeshift status shows it, modeshift down stops it; another robot needs another --namespace",
    );
  }
  await unlink(path).catch(ignoreAbsent);
  const closing = new AbortController();
  const server = createServer(
    { maxHeaderSize: 8 * 1024, headersTimeout: 5000, requestTimeout: 10_000 },
    (request, response) => void answer(request, response, handle, closing.signal),
  );
  server.maxConnections = mostConnections;
  await listen(server, path);
  await chmod(path, 0o600);
  let closed: Promise<void> | undefined;
  return { path, close: () => (closed ??= closeServer(server, closing)) };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function closeServer(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const impatience = setTimeout(() => server.closeAllConnections(), 1000);
  server.closeIdleConnections();
  await closed;
  clearTimeout(impatience);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (call: DoorCall) => Promise<DoorReply>,
  closing: AbortSignal,
): Promise<void> {
  const left = new AbortController();
  response.on("close", () => left.abort()).on("error", () => left.abort());
  const gone = AbortSignal.any([left.signal, closing]);
  try {
    const url = new URL(request.url ?? "/", "http://door");
    const text = request.method === "POST" ? await readBody(request) : "";
    const reply = await handle({
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      text,
      body: parseBody(text),
      gone,
    });
    if ("message" in reply) send(response, reply.status ?? 200, reply.message);
    else await stream(response, reply.lines, gone);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else {
      send(response, statuses.get(codeOf(error)) ?? 500, {
        error: { code: codeOf(error) ?? "INTERNAL", message: messageOf(error) },
      });
    }
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > longestBodyBytes) {
      throw new ModeshiftError("PAYLOAD_TOO_LARGE", `The body has more than ${longestBodyBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  const message = text === "" ? {} : parseMessage(text);
  if (message === undefined) {
    throw new ModeshiftError("BAD_OPTION", 'The body is no JSON object with "v": 1.');
  }
  return message;
}

function send(response: ServerResponse, status: number, message: object): void {
  if (response.destroyed) return;
  const close = status >= 400 ? { connection: "close" } : {};
  response.writeHead(status, { "content-type": "application/json", ...close });
  response.end(`${printMessage(message)}\n`);
}

async function stream(
  response: ServerResponse,
  lines: (write: (message: object) => void, gone: AbortSignal) => Promise<void>,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
  await lines((message) => {
    if (response.writableLength > longestBacklogBytes) response.destroy();
    else response.write(`${printMessage(message)}\n`);
  }, gone);
  response.end();
}

const statuses: ReadonlyMap<string | undefined, number> = new Map([
  ["BAD_OPTION", 400],
  ["MODE_UNKNOWN", 404],
  ["NODE_UNKNOWN", 404],
  ["PAYLOAD_TOO_LARGE", 413],
  ["CLOSED", 503],
  ["NOT_STARTED", 503],
  ["FENCED", 503],
]);

function ignoreAbsent(error: unknown): void {
  if (codeOf(error) !== "ENOENT") throw error;
}
