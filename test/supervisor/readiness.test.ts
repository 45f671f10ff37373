/** Readiness of real nodes, one kind each, and its last look (I17). */
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Readiness } from "../../src/modes/catalogue.ts";
import { askHttp } from "../../src/supervisor/readiness/http.ts";
import { childrenNamed, loneManager } from "./lone-manager.ts";
import { openProcesses, rejection, shell } from "./open-processes.ts";
import { scratchDirectory } from "./process-harness.ts";

const program = join(import.meta.dirname, "../fixtures/nodes/ready-by.mjs");
const readyBy = (way: string, argument = ""): readonly [string, ...string[]] => [
  process.execPath,
  program,
  way,
  argument,
];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

async function startOne(command: readonly [string, ...string[]], ready: Readiness) {
  const processes = await openProcesses({ node: { command, ready } });
  await processes.supervisor.start("node");
  return processes;
}

describe("a node is ready", () => {
  test("when a line of its output matches", async () => {
    const { supervisor } = await startOne(readyBy("log"), { kind: "log", pattern: "is ready \\w+$" });
    expect(supervisor.running().get("node")?.state).toBe("ready");
  });

  test("when its output holds the text of a pattern that is no regular expression", async () => {
    const { supervisor } = await startOne(shell("echo 'up (1/2'; exec sleep 1000"), {
      kind: "log",
      pattern: "up (1/2",
    });
    expect(supervisor.running().get("node")?.state).toBe("ready");
  });

  test("when a pattern matches that escapes more than it has to, as the catalogue allows", async () => {
    const { supervisor } = await startOne(shell("echo 'port: 80-81'; exec sleep 1000"), {
      kind: "log",
      pattern: "^port\\: \\d+\\-\\d+$",
    });
    expect(supervisor.running().get("node")?.state).toBe("ready");
  });

  test("when it has written a line to its descriptor, to which it may go on writing", async () => {
    const { supervisor } = await startOne(readyBy("fd", "4"), { kind: "fd", fd: 4 });
    // It writes every 20 ms: a closed pipe would have killed it by now.
    await supervisor.log?.("node").tail(1);
    expect(supervisor.running().get("node")?.state).toBe("ready");
  });

  test("when its port accepts connections", async () => {
    const port = await freePort();
    const listen = `require("node:net").createServer().listen(${port}, "127.0.0.1")`;
    await startOne([process.execPath, "-e", `setTimeout(() => ${listen}, 50)`], {
      kind: "tcp",
      port,
      host: "127.0.0.1",
    });
  });

  test("when its URL answers with success, not before", async () => {
    const port = await freePort();
    const script = `let status = 503;
      require("node:http").createServer((_, answer) => {
        console.log(status);
        answer.writeHead(status).end();
        status = 204;
      }).listen(${port}, "127.0.0.1")`;
    const { supervisor } = await startOne([process.execPath, "-e", script], {
      kind: "http",
      url: `http://127.0.0.1:${port}/health`,
    });
    expect(await supervisor.log?.("node").tail(5)).toEqual(["503", "204"]);
  });

  test("when a command of the user's succeeds", async () => {
    const { path, remove } = scratchDirectory();
    const file = join(path, "up");
    const { supervisor } = await startOne(readyBy("file", file), {
      kind: "probe",
      command: ["test", "-e", file],
    });
    remove();
    expect(supervisor.running().get("node")?.state).toBe("ready");
  });

  test("which the manager does not fork itself for", async () => {
    const { path, remove } = scratchDirectory();
    onTestFinished(remove);
    const asked = join(path, "asked");
    await startOne(["sleep", "1000"], { kind: "probe", command: shell(`echo $PPID > ${asked}`) });
    expect(childrenNamed("modeshift-spawner")).toEqual([Number(readFileSync(asked, "utf8"))]);
  });

  test("after its delay", async () => {
    const begun = performance.now();
    await startOne(["sleep", "1000"], { kind: "delay", delayMs: 100 });
    expect(performance.now() - begun).toBeGreaterThan(95);
  });
});

test("only what this incarnation has printed counts", async () => {
  const { supervisor } = await openProcesses({
    node: {
      command: shell('test "$MODESHIFT_GENERATION" = 1 && echo ready; exec sleep 1000'),
      ready: { kind: "log", pattern: "ready" },
      startTimeoutMs: 300,
    },
  });
  await supervisor.start("node");
  await supervisor.stop("node");

  const fault = await rejection(supervisor.start("node"));

  expect(fault.code).toBe("NODE_READY_TIMEOUT");
  expect(fault.message).toContain('no line of its output matches "ready"');
  expect(await supervisor.log?.("node").tail(9)).toEqual(["ready"]);
});

test("I17: what is ready at the last look was ready in time", async () => {
  const { path, remove } = scratchDirectory();
  const count = join(path, "count");
  // The first question hangs until it is given up; the last look gets the answer.
  const probe = `echo x >> ${count}; test $(wc -l < ${count}) -gt 1 || exec sleep 1000`;
  const { supervisor } = await openProcesses({
    node: {
      command: ["sleep", "1000"],
      ready: { kind: "probe", command: shell(probe) },
      startTimeoutMs: 300,
    },
  });

  await supervisor.start("node");

  expect(supervisor.running().get("node")?.state).toBe("ready");
  expect(readFileSync(count, "utf8")).toBe("x\nx\n");
  remove();
});

test.runIf(process.getuid?.() === 0)(
  "I13: a probe that may not be killed, because it is another user's, does not end the manager",
  async () => {
    const { path, remove } = scratchDirectory();
    onTestFinished(remove);
    const user = 65_534;
    chownSync(path, user, user);
    const [sudo, state] = [join(path, "sudo"), join(path, "state")];
    copyFileSync(execFileSync("which", ["setpriv"], { encoding: "utf8" }).trim(), sudo);
    chmodSync(sudo, 0o4755);
    const ready = { kind: "probe", command: [sudo, "--reuid=0", "sleep", "2"] } as const;
    const node = { command: ["sleep", "1000"], ready, startTimeoutMs: 100 } as const;
    const manager = loneManager(state, { node }, { user });

    expect(await manager.start("node")).toBe("NODE_READY_TIMEOUT");
    expect(await manager.state("node")).toBe("stopped");
  },
);

test("I13: an endpoint that cannot be there is not ready, and no more", async () => {
  const command = ["sleep", "1000"] as const;
  const { supervisor } = await openProcesses({
    tcp: { command, ready: { kind: "tcp", port: 70_000, host: "127.0.0.1" }, startTimeoutMs: 50 },
    http: { command, ready: { kind: "http", url: "http://127.0.0.1:70000" }, startTimeoutMs: 50 },
    probe: { command, ready: { kind: "probe", command: ["a\0b"] }, startTimeoutMs: 50 },
  });

  const faults = ["tcp", "http", "probe"].map((node) => rejection(supervisor.start(node)));

  for (const fault of faults) expect((await fault).code).toBe("NODE_READY_TIMEOUT");
});

test("a URL that redirects is ready; one that is not answered is asked anew", async () => {
  const asked: string[] = [];
  const server = createHttpServer(({ url = "" }, answer) => {
    asked.push(url);
    if (url === "/moved") answer.writeHead(302, { location: "/" }).end();
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const never = new AbortController().signal;

  expect(await askHttp(`http://127.0.0.1:${port}/moved`, never)).toBe(true);
  expect(await askHttp(`http://127.0.0.1:${port}/silent`, never, 50)).toBe(false);
  expect(asked).toEqual(["/moved", "/silent"]);
});
