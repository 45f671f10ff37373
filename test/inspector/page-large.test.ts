/** 500 nodes in 200 modes: the page stays smooth, and draws only what is in sight. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
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
