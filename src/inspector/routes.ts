/**
 * What may be asked of an inspector, and who answers: the page's files, the feed, a plan, a log's tail.
 *
 * Every answer says that nothing may be loaded from, embedded in, or read by another origin. Whatever goes wrong here
 * is an answer, never an exception (I13).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { codeOf, messageOf } from "../errors.ts";
import type { Feed } from "./feed.ts";
import { refusalOf } from "./gate.ts";
import type { Inspected } from "./inspected.ts";
import type { PageFile } from "./page-files.ts";
import { StatelyFeed } from "./stately-feed.ts";

/** What the routes lead to. */
export interface RouteParts {
  readonly manager: Inspected;
  readonly feed: Feed;
  readonly page: ReadonlyMap<string, PageFile>;
  /** Where Stately's inspector is; false: not offered. */
  readonly stately: string | false;
}

/** A request handler, and its end. */
export interface Routes {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  close(): void;
}

type Answer = (response: ServerResponse, query: URLSearchParams, request: IncomingMessage) => unknown;

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const headers = {
  "content-security-policy": policy,
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

const longestTail = 1_000;

/** The routes of one inspector. */
export function serveRoutes({ manager, feed, page, stately }: RouteParts): Routes {
  const answers = new Map<string, Answer>([...page].map(([name, file]) => [`/${name}`, serveFile(file)]));
  const index = answers.get("/index.html");
  if (index !== undefined) answers.set("/", index);
  answers.set("/feed", (response, query, request) => {
    const after = query.get("after") ?? request.headers["last-event-id"] ?? "";
    stream(response, feed.join.bind(feed), String(after));
  });
  answers.set("/plan", (response, query) => sendJson(response, 200, manager.plan(query.get("mode") ?? "")));
  answers.set("/log", (response, query) => serveLog(manager, response, query));
  const statelyFeed = stately === false ? undefined : new StatelyFeed(manager.actor, stately);
  if (statelyFeed === undefined) answers.delete("/stately.html");
  else offerStately(answers, statelyFeed);
  return {
    answer: (request, response) => void answer(answers, request, response),
    close: () => statelyFeed?.close(),
  };
}

async function answer(
  answers: ReadonlyMap<string, Answer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on("error", () => response.destroy());
  try {
    const refusal = refusalOf(request.method, request.headers);
    if (refusal !== undefined) {
      sendText(response, refusal.status, refusal.message);
      return;
    }
    const [path = "", query = ""] = (request.url ?? "/").split("?", 2);
    const route = answers.get(path);
    if (route === undefined) sendText(response, 404, "There is no such page here.");
    else await route(response, new URLSearchParams(query), request);
  } catch (error) {
    fail(response, error);
  }
}

function offerStately(answers: Map<string, Answer>, feed: StatelyFeed): void {
  const bridge = answers.get("/stately.html");
  answers.set("/stately", (response, query, request) => {
    const framing = policy.replace(
      "default-src 'none'",
      `default-src 'none'; frame-src ${feed.origins.join(" ")}`,
    );
    response.setHeader("content-security-policy", framing);
    response.setHeader("cross-origin-opener-policy", "unsafe-none");
    return bridge?.(response, query, request);
  });
  answers.set("/stately/feed", (response) => stream(response, feed.join.bind(feed), ""));
}

function serveFile({ type, content }: PageFile): Answer {
  return (response) => {
    const own = response.getHeaders();
    response.writeHead(200, { ...headers, ...own, "content-type": type }).end(content);
  };
}

function stream(
  response: ServerResponse,
  join: (response: ServerResponse, after: string) => boolean,
  after: string,
): void {
  response.setHeaders(new Map(Object.entries({ ...headers, "content-type": "text/event-stream" })));
  if (join(response, after)) return;
  sendText(response, 503, "Too many look already.");
}

async function serveLog(manager: Inspected, response: ServerResponse, query: URLSearchParams): Promise<void> {
  const log = manager.log(query.get("node") ?? "");
  const asked = Number(query.get("lines") ?? 200);
  const count = Number.isInteger(asked) && asked > 0 ? Math.min(asked, longestTail) : 200;
  sendJson(response, 200, { lines: log === undefined ? null : await log.tail(count) });
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const code = codeOf(error);
  const status = code === "MODE_UNKNOWN" || code === "NODE_UNKNOWN" ? 404 : 500;
  sendJson(response, status, { error: { code: code ?? "INTERNAL", message: messageOf(error) } });
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { ...headers, "content-type": "application/json" }).end(JSON.stringify(value));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  const allow = status === 405 ? { allow: "GET" } : {};
  response
    .writeHead(status, { ...headers, ...allow, "content-type": "text/plain; charset=utf-8" })
    .end(`${text}\n`);
}
