/** Why it takes so long, at a glance: what one node is waited for, what has failed already, and what it said last. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { launch, live, open } from "./browser.ts";
import { rover, startRobot } from "./robot.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

test("one node that is waited for is told with its sign of readiness, or with when it will be killed", async () => {
  const nodes = { clock: [{ startMs: 0 }, { startMs: Infinity }], camera: { stopMs: Infinity } };
  await using robot = await startRobot(rover(), nodes);
  await using viewer = await open(browser, robot.inspector.url);
  await live(viewer.page);
  const detail = viewer.page.locator(".doing-detail");
  await robot.manager.changeMode("mapping");

  void robot.manager.changeMode("idle");
  await detail.filter({ hasText: /waits for camera to stop, SIGKILL after 5 s$/ }).waitFor();
  robot.supervisor.crash("camera");
  await viewer.page.locator(".doing", { hasText: "settled" }).waitFor();
  robot.supervisor.crash("clock");
  await viewer.page.locator("#lamps", { hasText: "recovering" }).waitFor();
  void robot.manager.changeMode("safe");
  await detail.filter({ hasText: /waits for clock, ready when it prints ticking$/ }).waitFor();

  await viewer.page.locator('[data-node="camera"]').click();
  await viewer.page.locator("#detail", { hasText: "asked to, then SIGKILL after 5 s" }).waitFor();
  expect(viewer.misdeeds).toEqual([]);
});

test("a rollback says from what it comes back, what failed, and in the end what that node said last", async () => {
  const catalogue = defineCatalogue({
    defaultMode: "idle",
    nodes: { drive: {}, planner: {} },
    modes: { idle: ["drive"], auto: { nodes: ["planner"], onFailure: "rollback" } },
  });
  const exitsEarly = { code: 1, signal: null, stderr: ["opening", "no map of this floor"] };
  await using robot = await startRobot(catalogue, {
    planner: { exitsEarly },
    drive: [{ startMs: 0 }, { startMs: 400 }],
  });
  await using viewer = await open(browser, robot.inspector.url);
  await live(viewer.page);

  const change = robot.manager.changeMode("auto");
  await viewer.page.locator(".doing", { hasText: "rolling back from auto" }).waitFor();
  expect(await viewer.page.locator(".doing-detail").textContent()).toContain("planner failed");
  await change;
  await viewer.page.locator(".why", { hasText: "was ready. Its last words: no map of this floor" }).waitFor();

  expect(viewer.misdeeds).toEqual([]);
});
