/**
 * `createInspector`: serves one manager to look at, as a page on the loopback interface.
 *
 * It only reads: there is no route that changes anything, and nothing it does can fail the manager (I13). Who may ask
 * is gate.ts's, what may be asked routes.ts's, the live stream feed.ts's, the page itself is in page/.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { ModeshiftError } from "../errors.ts";
import type { ManagerEvent } from "../bus/event.ts";
import { Feed } from "./feed.ts";
import type { Inspected } from "./inspected.ts";
import { loadPage } from "./page-files.ts";
import { Recorder } from "./recorder.ts";
import { serveRoutes } from "./routes.ts";

/** How a manager is served. */
export interface InspectorOptions {
  /**
   * Port on 127.0.0.1. 0 takes a free one.
   *
   * @defaultValue 0
   */
  readonly port?: number;
  /** Events from before this call, oldest first, for those who look later. */
  readonly history?: readonly ManagerEvent[];
  /**
   * Serve `/stately` too: a page that hands what the mode machine does to this address in a frame, where Stately's
   * inspector draws it. Whoever opens that page sends the machine's definition there; nobody else does. `true` is
   * `https://stately.ai/inspect`.
   *
   * @defaultValue false
   */
  readonly stately?: boolean | string;
}

/** A page that is being served. */
export interface Inspector extends AsyncDisposable {
  /** Where to point a browser on this machine, such as `http://127.0.0.1:40123/`. */
  readonly url: string;
  /** Ends every connection and frees the port. Idempotent; never rejects. The manager is left as it is. */
  close(): Promise<void>;
}

/** Who sends a request too slowly, or too long a one, is let go: connections are few. */
const impatience = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
};
const statelyInspector = "https://stately.ai/inspect";

/**
 * Serves the page of a manager, started or not, on 127.0.0.1. Read-only, and without a request to any other host.
 *
 * It never keeps the process alive: when nothing else does, the process ends although a page is open. It goes on
 * serving after the manager has stopped, until `close()`.
 *
 * @throws ModeshiftError BAD_OPTION when the port is no port, is taken, or may not be used, or `stately` is no address
 * @example
 * ```ts
 * import { createLifecycleManager, defineCatalogue } from "modeshift";
 * import { createInspector } from "modeshift/inspector";
 * import { fakeSupervisor } from "modeshift/testing";
 * const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["camera"] } });
 * const manager = createLifecycleManager({ catalogue, supervisor: fakeSupervisor() });
 * const inspector = await createInspector(manager);
 * await manager.start();
 * const page = await fetch(inspector.url);
 * page.status; // => 200
 * const plan = await (await fetch(new URL("plan?mode=teleop", inspector.url))).json();
 * plan.start; // => [{ node: "camera", after: [] }]
 * await inspector.close();
 * await manager.stop();
 * ```
 */
export async function createInspector(
  manager: Inspected,
  options: InspectorOptions = {},
): Promise<Inspector> {
  const { port = 0, history = [], stately = false } = options;
  assertPort(port);
  const statelyUrl = stately === true ? statelyInspector : stately;
  assertAddress(statelyUrl);
  const page = await loadPage();
  const recorder = new Recorder(manager, history);
  const feed = new Feed(recorder);
  const routes = serveRoutes({ manager, feed, page, stately: statelyUrl });
  const server = createServer(impatience, routes.answer);
  server.maxConnections = 128;
  server.unref().on("connection", (socket: Socket) => socket.unref());
  const end = async (): Promise<void> => {
    routes.close();
    feed.close();
    recorder.close();
    await closed(server);
  };
  try {
    await listening(server, port);
  } catch (error) {
    await end();
    throw error;
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let ending: Promise<void> | undefined;
  const close = (): Promise<void> => (ending ??= end());
  return { url, close, [Symbol.asyncDispose]: close };
}

function assertPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new ModeshiftError("BAD_OPTION", `The inspector's port is ${port}: it must be 0 to 65535.`);
}

function assertAddress(url: string | false): void {
  if (url === false || /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : "")) return;
  throw new ModeshiftError(
    "BAD_OPTION",
    `'stately' is '${url}': it must be true, or an http or https address.`,
  );
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: Error): void => {
      const message = `The inspector cannot listen on 127.0.0.1:${port}: ${cause.message}. Port 0 takes a free one.`;
      reject(new ModeshiftError("BAD_OPTION", message, { cause }));
    };
    server.once("error", refuse).listen(port, "127.0.0.1", () => {
      server.off("error", refuse);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
