/** Pages of unusual managers: of 500 nodes in 200 modes, where only what is in sight is drawn, and of a standby. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { filter, firstValueFrom } from "rxjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createInspector } from "../../src/inspector/inspector.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { processSupervisor } from "../../src/supervisor/process-supervisor.ts";
import { launch, live, open } from "./browser.ts";
import { largeRobot, startRobot } from "./robot.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

test("500 nodes in 200 modes change mode without a long stall, and few elements are in the document", async () => {
  const nodes = Object.fromEntries(
    [...largeRobot(500, 200).nodes.keys()].map((node, index) => [
      node,
      { startMs: (index * 7) % 300, stopMs: (index * 3) % 100 },
    ]),
  );
  await using robot = await startRobot(largeRobot(500, 200), nodes);
  await using viewer = await open(browser, robot.inspector.url);
  const { page } = viewer;
  await live(page);
  await page.evaluate(`
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ entryTypes: ["longtask"] });
  `);

  await robot.manager.changeMode("mode 1");
  await page.locator('.mode.current[data-mode="mode 1"]').waitFor();
  await page.locator("#nodes .rows").evaluate("(element) => { element.scrollTop = 4000; }");
  await page.locator("#nodes-filter").fill("node-49");
  await page.locator("#nodes .node", { hasText: "node-499" }).waitFor();

  const elements = await page.evaluate<number>("document.querySelectorAll('*').length");
  const longest = await page.evaluate<number>("globalThis.longest");
  const shown = await page.locator("#nodes .node").count();
  expect(await page.locator("#nodes-count").textContent()).toBe("500 nodes, 250 running");
  expect(shown).toBe(10);
  expect(elements).toBeLessThan(4_000);
  expect(longest, "the longest stall, ms").toBeLessThan(250);
  expect(viewer.misdeeds).toEqual([]);
});

test("the columns of 200 modes are leafed through, current and target always in sight", async () => {
  await using robot = await startRobot(largeRobot(20, 200));
  await using viewer = await open(browser, robot.inspector.url);
  const { page } = viewer;
  await live(page);
  const heads = page.locator("#nodes .h-mode");

  await page.getByRole("button", { name: "Modes after" }).click();

  expect(await heads.first().textContent()).toBe("mode 0");
  expect(await page.locator("#nodes-pager").textContent()).toMatch(/modes \d\d to \d\d of 200/);
  expect(await heads.count()).toBeLessThan(40);
});

test("a standby says that it is one and who runs the robot, shows what it knows, and goes on after the takeover", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "modeshift-standby-"));
  const catalogue = defineCatalogue({ defaultMode: "idle", nodes: {}, modes: { idle: [], teleop: [] } });
  const begin = () =>
    createLifecycleManager({ catalogue, supervisor: processSupervisor({ stateDir }), standby: true });
  const [first, second] = [begin(), begin()];
  await first.start();
  const standingBy = firstValueFrom(second.events$.pipe(filter((event) => event.type === "manager")));
  const taking = second.start();
  await standingBy;
  await using inspector = await createInspector(second);
  await using viewer = await open(browser, inspector.url);
  const { page } = viewer;
  await live(page);

  await page.locator("#banner", { hasText: `is the standby: process ${process.pid} on ` }).waitFor();
  expect(await page.locator("#now").innerText()).toMatch(/none\s+standing by\s+process \d+ on \S+/i);
  expect(await page.locator("#lamps").textContent()).toMatch(/Robot○not known.*Lock◔another's/);
  expect(await page.locator(".work[aria-current=true]").count()).toBe(0);
  expect(await page.locator("#events").innerText()).toBe("Nothing has happened yet.");
  expect(await page.locator(".mode .name").allTextContents()).toEqual(["idle", "teleop"]);
  await page.locator(".mode[data-mode=teleop]").click();
  await page.locator("#detail", { hasText: "its plan from there" }).waitFor();

  await first.stop();
  await taking;
  await page.locator(".mode.current[data-mode=idle]").waitFor();
  expect(await page.locator("#banner").isHidden()).toBe(true);
  expect(viewer.misdeeds).toEqual([]);
  await second.stop();
  rmSync(stateDir, { recursive: true });
});
