/** I13: what somebody on the same machine, a page in a browser there, or a node itself may try. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createInspector } from "../../src/inspector/inspector.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { processSupervisor } from "../../src/supervisor/process-supervisor.ts";
import { ask, FeedReader } from "./http.ts";
import { startRobot } from "./robot.ts";

/** Sends bytes as they are; resolves with the first line of the answer, "" when there is none. */
async function send(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(text);
  let answer = "";
  socket.once("data", (data) => {
    answer = data.toString("latin1").split("\r\n", 1)[0] ?? "";
    socket.destroy();
  });
  await once(socket, "close");
  return answer;
}

describe("requests that no browser sends", () => {
  test.each([
    ["a path out of the folder", "GET /../../package.json HTTP/1.1\r\nHost: localhost\r\n\r\n", 404],
    ["an encoded one", "GET /..%2f..%2fpackage.json HTTP/1.1\r\nHost: localhost\r\n\r\n", 404],
    ["a NUL", "GET /main.js%00.html HTTP/1.1\r\nHost: localhost\r\n\r\n", 404],
    ["another host's address", "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 404],
    ["no Host", "GET / HTTP/1.0\r\n\r\n", 421],
    ["two Hosts", "GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n\r\n", 421],
    ["a folded header", "GET / HTTP/1.1\r\nHost: localhost\r\n evil: 1\r\n\r\n", 400],
    ["a request within a request", "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400],
    ["a query of 100 kB", `GET /plan?mode=${"x".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
  ])("%s is answered, not followed", async (_, text, status) => {
    await using robot = await startRobot();

    expect(await send(robot.inspector.url, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await robot.manager.changeMode("mapping")).outcome).toBe("changed");
  });

  test("nothing is passed on", async () => {
    await using robot = await startRobot();

    expect(await send(robot.inspector.url, "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n")).toBe(
      "",
    );
  });

  test("a name with line ends in it begins no message of its own", async () => {
    await using robot = await startRobot();
    await using feed = await FeedReader.open(robot.inspector.url);
    await feed.next();
    const by = 'ui\r\n\r\ndata: {"events":[]}\n\nid: x\u2028';

    await robot.manager.changeMode("mapping", { by });
    const frames = await feed.until(({ events }) => events.some(({ type }) => type === "result"));

    const accepted = frames.flatMap(({ events }) => events).find(({ type }) => type === "accepted");
    expect(accepted?.data).toMatchObject({ by });
  });
});

describe("many at once", () => {
  test("a thousand connections cost the page, not the manager", async () => {
    await using robot = await startRobot();
    const port = Number(new URL(robot.inspector.url).port);
    const sockets = Array.from({ length: 1_000 }, () =>
      connect(port, "127.0.0.1").on("error", () => undefined),
    );
    for (const socket of sockets) socket.write("GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n");

    const answers = await Promise.all(
      ["mapping", "idle", "mapping"].map((mode) => robot.manager.changeMode(mode)),
    );
    for (const socket of sockets) socket.destroy();

    expect(answers.at(-1)?.outcome).toBe("changed");
    await expect.poll(() => FeedReader.open(robot.inspector.url).then(({ status }) => status)).toBe(200);
  });

  test("viewers of Stately's messages are few, because each may be slow", async () => {
    await using robot = await startRobot();
    await using inspector = await createInspector(robot.manager, { stately: true });
    const leaving = new AbortController();
    const look = (): Promise<Response> =>
      fetch(new URL("stately/feed", inspector.url), { signal: leaving.signal });

    const statuses = (await Promise.all(Array.from({ length: 20 }, look))).map(({ status }) => status);
    leaving.abort();

    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(8);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(12);
  });
});

test("a node that prints ten million bytes without a line end, and no text at all, is shown by its last bytes", async () => {
  const script = `process.stdout.write(Buffer.concat([Buffer.alloc(1e7, 120), Buffer.from([255, 254, 27, 91, 51, 49, 109, 10])]));
    console.log("printed"); setInterval(() => {}, 1e6)`;
  const stateDir = mkdtempSync(path.join(tmpdir(), "modeshift-attack-"));
  const catalogue = defineCatalogue({
    defaultMode: "on",
    nodes: { loud: { command: [process.execPath, "-e", script], ready: { log: "printed" } } },
    modes: { on: ["loud"] },
  });
  const manager = createLifecycleManager({ catalogue, supervisor: processSupervisor({ stateDir }) });
  await using inspector = await createInspector(manager);
  await manager.start();

  const { status, text } = await ask(inspector.url, "/log?node=loud&lines=1000");
  await manager.stop();
  rmSync(stateDir, { recursive: true });

  const { lines } = JSON.parse(text) as { readonly lines: readonly string[] };
  expect(status).toBe(200);
  expect(text.length).toBeLessThan(100_000);
  expect(lines).toEqual([expect.stringMatching(/^x+\ufffd\ufffd.\[31m$/u), "printed"]);
});
