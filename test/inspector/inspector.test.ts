/** `createInspector` over plain HTTP: what is served, to whom, and that the manager does not notice. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { NEVER } from "rxjs";
import { describe, expect, test } from "vitest";
import { createInspector, type InspectorOptions } from "../../src/inspector/inspector.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import type { ManagerEvent } from "../../src/bus/event.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { ask, FeedReader } from "./http.ts";
import { rover, startRobot } from "./robot.ts";

describe("the page", () => {
  test("is served with all its parts from 127.0.0.1, and with a policy that lets nothing else in", async () => {
    await using robot = await startRobot();
    const { url } = robot.inspector;

    const page = await ask(url, "/");
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    const answers = await Promise.all(parts.map((part) => ask(url, `/${part}`)));

    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(page.text).not.toMatch(/<script(?! type="module" src)|style=|https?:/);
    expect(parts.length).toBeGreaterThan(5);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  test.each([
    "/../package.json",
    "/page/main.js",
    "/tsconfig.json",
    "/%2e%2e/inspector.js",
    "/stately",
    "/stately.html",
    "//evil.example/",
  ])("has no %s", async (path) => {
    await using robot = await startRobot();

    const response = await ask(robot.inspector.url, path);

    expect(response.status).toBe(404);
  });
});

describe("I13: nobody else may look, and nothing may be changed", () => {
  test.each([
    ["evil.example", 421],
    ["evil.example:80", 421],
    ["127.0.0.1.evil.example", 421],
    ["127.0.0.2", 421],
    ["localhost.", 421],
    ["localhost:9000", 200],
    ["[::1]:9000", 200],
  ])("Host %j is answered %i", async (host, status) => {
    await using robot = await startRobot();

    expect((await ask(robot.inspector.url, "/plan?mode=safe", { headers: { host } })).status).toBe(status);
  });

  test.each([
    [{ origin: "http://evil.example" }],
    [{ origin: "null" }],
    [{ origin: "http://localhost:1" }],
    [{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    [{ "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }],
  ])("a foreign page (%j) is turned away from everything", async (headers) => {
    await using robot = await startRobot();

    for (const path of ["/", "/feed", "/plan?mode=safe", "/log?node=clock", "/main.js"]) {
      expect((await ask(robot.inspector.url, path, { headers })).status).toBe(403);
    }
  });

  test("a link from elsewhere opens the page", async () => {
    await using robot = await startRobot();
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };

    expect((await ask(robot.inspector.url, "/", { headers })).status).toBe(200);
  });

  test.each(["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])("%s is not allowed", async (method) => {
    await using robot = await startRobot();

    const answer = await ask(robot.inspector.url, "/plan?mode=teleop", { method });

    expect(answer.status).toBe(405);
    expect(answer.headers["allow"]).toBe("GET");
    expect(robot.manager.currentMode).toBe("idle");
  });

  test("no environment and no command is shown", async () => {
    await using robot = await startRobot();
    await using feed = await FeedReader.open(robot.inspector.url);

    expect(JSON.stringify(await feed.next())).not.toMatch(/TOKEN|a secret|command/);
  });
});

describe("plans and logs", () => {
  test("a plan is the manager's own", async () => {
    await using robot = await startRobot();

    const { text } = await ask(robot.inspector.url, "/plan?mode=teleop");

    expect(JSON.parse(text)).toEqual(robot.manager.plan("teleop"));
  });

  test.each([
    ["/plan?mode=nope", 404, "MODE_UNKNOWN"],
    ["/plan?mode=__proto__", 404, "MODE_UNKNOWN"],
    ["/plan", 404, "MODE_UNKNOWN"],
    ["/log?node=nope", 404, "NODE_UNKNOWN"],
  ])("%s is answered %i %s", async (path, status, code) => {
    await using robot = await startRobot();

    const answer = await ask(robot.inspector.url, path);

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code } });
  });

  test("a supervisor that captures nothing has no lines", async () => {
    await using robot = await startRobot();

    expect(JSON.parse((await ask(robot.inspector.url, "/log?node=clock")).text)).toEqual({ lines: null });
  });

  test("a log that cannot be read is an answer, and the manager goes on", async () => {
    await using robot = await startRobot();
    const broken = Object.create(robot.manager) as typeof robot.manager;
    broken.log = () => ({
      tail: () => Promise.reject(new Error("disk on fire")),
      follow: () => NEVER,
    });
    await using inspector = await createInspector(broken);

    const answer = await ask(inspector.url, "/log?node=clock");

    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text)).toEqual({ error: { code: "INTERNAL", message: "disk on fire" } });
    expect((await robot.manager.changeMode("mapping")).outcome).toBe("changed");
  });
});

describe("starting and ending", () => {
  test("a manager may be looked at before it starts and after it has stopped", async () => {
    const manager = createLifecycleManager({ catalogue: rover(), supervisor: fakeSupervisor() });
    await using inspector = await createInspector(manager);
    await using feed = await FeedReader.open(inspector.url);

    const before = await feed.next();
    await manager.start();
    const [booted] = (await feed.until(({ state }) => state?.mode === "idle")).slice(-1);
    await manager.stop();
    const last = (await feed.until(({ ended }) => ended)).at(-1);
    await using late = await FeedReader.open(inspector.url);

    expect(before.state).toMatchObject({ mode: null, phase: "booting" });
    expect(booted?.state?.work).toBe("idle");
    expect(last?.state?.phase).toBe("shutting_down");
    expect(await late.next()).toMatchObject({ ended: true, state: { mode: "idle" } });
  });

  test.each([-1, 65_536, 1.5, Number.NaN])("port %d is refused", async (port) => {
    await using robot = await startRobot();

    await expect(createInspector(robot.manager, { port })).rejects.toMatchObject({ code: "BAD_OPTION" });
  });

  test("an address for Stately that is none is refused", async () => {
    await using robot = await startRobot();

    for (const stately of ["", "nonsense", "javascript:alert(1)"]) {
      const options: InspectorOptions = { stately };
      await expect(createInspector(robot.manager, options)).rejects.toMatchObject({ code: "BAD_OPTION" });
    }
  });

  test("a port that is taken is refused, and says what to do", async () => {
    await using robot = await startRobot();
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;

    await expect(createInspector(robot.manager, { port })).rejects.toThrow(
      new RegExp(`cannot listen on 127.0.0.1:${port}.*EADDRINUSE.*Port 0 takes a free one`),
    );
    other.close();
  });

  test("close ends every viewer's connection, twice is once, and the manager goes on", async () => {
    await using robot = await startRobot();
    const feed = await FeedReader.open(robot.inspector.url);
    await feed.next();

    await Promise.all([robot.inspector.close(), robot.inspector.close()]);

    await expect(feed.next()).rejects.toThrow();
    await expect(ask(robot.inspector.url, "/")).rejects.toThrow("ECONNREFUSED");
    expect((await robot.manager.changeMode("mapping")).outcome).toBe("changed");
  });

  test("a process does not live on because it is looked at", async () => {
    const script = `
      import { createLifecycleManager, defineCatalogue } from "modeshift";
      import { createInspector } from "modeshift/inspector";
      import { fakeSupervisor } from "modeshift/testing";
      const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [] } });
      const manager = createLifecycleManager({ catalogue, supervisor: fakeSupervisor() });
      const { url } = await createInspector(manager);
      await manager.start();
      const { connect } = await import("node:net");
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.write("GET /feed HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n");
      await new Promise((resolve) => socket.once("data", resolve));
      socket.unref();
      console.log("looked at");
    `;

    const ended = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
      timeout: 20_000,
    });

    expect((await ended).stdout).toBe("looked at\n");
  });
});

test("what happened before the inspector was made is shown when it is given", async () => {
  const manager = createLifecycleManager({ catalogue: rover(), supervisor: fakeSupervisor() });
  const history: ManagerEvent[] = [];
  manager.events$.subscribe((event) => history.push(event));
  await manager.start();
  await using inspector = await createInspector(manager, { history });
  await manager.changeMode("mapping");
  await using feed = await FeedReader.open(inspector.url);

  const { events } = await feed.next();

  expect(events.filter(({ type }) => type === "result").map(({ id }) => id)).toContain("boot-1");
  expect(events.map(({ seq }) => seq)).toEqual(
    history.filter(({ type }) => type !== "progress").map(({ seq }) => seq),
  );
  await manager.stop();
});
