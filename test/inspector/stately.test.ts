/**
 * A manager in Stately's inspector: by our own bridge page, and by Stately's relay with `inspect`. Both end in Stately's
 * own receiver, in a real Chromium, without internet.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMachine } from "xstate";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createInspector } from "../../src/inspector/inspector.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { ask } from "./http.ts";
import { launch } from "./browser.ts";
import { rover } from "./robot.ts";
import { received, standInForStately, type Received } from "./stately.ts";

const root = path.resolve(import.meta.dirname, "../..");
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

const isSettledIn =
  (mode: string) =>
  ({ type, snapshot }: Received): boolean =>
    type === "@xstate.snapshot" && snapshot?.value?.mode === mode && snapshot.value.work === "idle";

/** The mode machine among the actors, and its states. */
function machineIn(messages: readonly Received[]): readonly string[] {
  const actor = messages.find(({ type, name }) => type === "@xstate.actor" && name === "modeshift");
  const machine = createMachine(JSON.parse(actor?.definition ?? "{}") as object);
  return Object.keys(machine.states["mode"]?.states ?? {});
}

describe("the bridge page", () => {
  test("hands definition, state and every later event to Stately's receiver, however late it is opened", async () => {
    const manager = createLifecycleManager({ catalogue: rover(), supervisor: fakeSupervisor() });
    await using inspector = await createInspector(manager, { stately: true });
    await manager.start();
    await manager.changeMode("teleop");
    const page = await browser.newPage();
    await standInForStately(page);
    await page.goto(new URL("stately", inspector.url).href);
    await received(page, ({ type }) => type === "@xstate.actor");

    await manager.changeMode("mapping");
    const messages = await received(page, isSettledIn("mapping"));
    await page.close();
    await manager.stop();

    expect(machineIn(messages)).toEqual(["~", "idle", "teleop", "mapping", "safe"]);
    expect(messages[0]).toMatchObject({ type: "@xstate.actor", name: "modeshift" });
    expect(messages[0]?.snapshot?.value).toEqual({ mode: "teleop", work: "idle" });
    expect(messages.some(({ event }) => event?.type === "mode.request")).toBe(true);
  });

  test("tells of nodes what they are and how they ended, but neither command nor environment", async () => {
    const catalogue = defineCatalogue({
      defaultMode: "idle",
      nodes: { camera: { command: ["a-command"], env: { TOKEN: "a-secret" } } },
      modes: { idle: [], teleop: { nodes: ["camera"], description: "a description" } },
    });
    const exitsEarly = { code: 1, signal: null, stderr: ["last words"] };
    const supervisor = fakeSupervisor({ nodes: { camera: { exitsEarly } } });
    const manager = createLifecycleManager({ catalogue, supervisor });
    await using inspector = await createInspector(manager, { stately: true });
    await manager.start();
    const response = await fetch(new URL("stately/feed", inspector.url));
    await manager.changeMode("teleop", { by: "somebody" });
    await inspector.close();

    const text = await response.text();

    expect(text).toMatch(/a description[^]*somebody[^]*last words/);
    expect(text).not.toMatch(/a-command|a-secret|TOKEN/);
    await manager.stop();
  });

  test("lets nothing else into its frame, and keeps the main page as closed as ever", async () => {
    const manager = createLifecycleManager({ catalogue: rover(), supervisor: fakeSupervisor() });
    await using inspector = await createInspector(manager, { stately: "http://127.0.0.1:9/inspect?a=1" });

    const bridge = await ask(inspector.url, "/stately");
    const main = await ask(inspector.url, "/");

    expect(bridge.headers["content-security-policy"]).toContain("frame-src http://127.0.0.1:9;");
    expect(main.headers["content-security-policy"]).not.toContain("frame-src");
  });

  test("tells a frame that was loaded anew, under either of Stately's names, everything from the beginning", async () => {
    const manager = createLifecycleManager({ catalogue: rover(), supervisor: fakeSupervisor() });
    await using inspector = await createInspector(manager, { stately: true });
    await manager.start();
    const page = await browser.newPage();
    await standInForStately(page);
    await page.goto(new URL("stately", inspector.url).href);
    await received(page, ({ type }) => type === "@xstate.actor");

    await page.frames()[1]?.goto("https://www.stately.ai/inspect");
    const messages = await received(page, ({ name }) => name === "modeshift");
    await page.close();
    await manager.stop();

    expect(machineIn(messages)).toContain("teleop");
  });

  test("says when Stately's page does not answer, and when the manager has gone", async () => {
    const manager = createLifecycleManager({ catalogue: rover(), supervisor: fakeSupervisor() });
    await using inspector = await createInspector(manager, { stately: true });
    await manager.start();
    const page = await browser.newPage();
    await page.clock.install();
    await page.route("https://stately.ai/**", (route) => route.abort());
    await page.goto(new URL("stately", inspector.url).href);
    await page.locator("iframe[src]").waitFor({ state: "attached" });
    const said = page.getByRole("status");

    await page.clock.runFor(5_000);
    await said.filter({ hasText: "https://stately.ai/inspect does not answer yet" }).waitFor();
    await inspector.close();
    await said.filter({ hasText: "The manager cannot be reached" }).waitFor();
    await page.close();
    await manager.stop();
  });

  test("costs the machine nothing when nobody looks, and does not disturb it when somebody does", async () => {
    const manager = createLifecycleManager({ catalogue: rover(), supervisor: fakeSupervisor() });
    await using inspector = await createInspector(manager, { stately: true });
    await manager.start();
    const looking = await fetch(new URL("stately/feed", inspector.url));
    await looking.body?.cancel();

    expect((await manager.changeMode("teleop")).outcome).toBe("changed");
    await manager.stop();
  });
});

describe("`inspect`", () => {
  test("takes Stately's inspector as it is: the relay's page shows the modes as they change", async () => {
    const robot = spawn(process.execPath, ["test/fixtures/inspector/stately-robot.mjs"], { cwd: root });
    const lines = createInterface({ input: robot.stdout })[Symbol.asyncIterator]();
    const relay = await lines.next();
    const page = await browser.newPage();
    await standInForStately(page);
    await page.goto(String(relay.value));

    robot.stdin.write("mapping\n");
    const messages = await received(page, isSettledIn("mapping"));
    await page.close();
    robot.stdin.end();
    const [code] = await once(robot, "exit");

    expect(code).toBe(0);
    expect(machineIn(messages).toSorted()).toEqual(["idle", "mapping", "~"]);
  });
});
