/** The page for everybody: by keyboard, by screen reader (judged by axe-core), light, dark, narrow and in colours of one's own. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { launch, live, open } from "./browser.ts";
import { rover, startRobot } from "./robot.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

/** What axe-core finds serious or worse, each with where. */
async function faultsOf(page: Page): Promise<string[]> {
  const results = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`),
    );
}

describe("axe-core finds nothing serious", () => {
  test.each([
    ["light", 1440],
    ["dark", 1440],
    ["dark", 420],
  ] as const)("in %s, %i px wide: settled, degraded and on its way", async (colorScheme, width) => {
    const exitsEarly = { code: 1, signal: null };
    await using robot = await startRobot(rover(), {
      camera: { exitsEarly },
      joystick: { startMs: Infinity },
    });
    await using viewer = await open(browser, robot.inspector.url, {
      colorScheme,
      viewport: { width, height: 900 },
    });
    const { page } = viewer;
    await live(page);
    await page.evaluate(axe);
    const faults = { settled: await faultsOf(page), going: [] as string[], degraded: [] as string[] };

    await robot.manager.changeMode("mapping");
    await page.locator("#banner .problem").click();
    faults.degraded = await faultsOf(page);
    await page.locator(".mode[data-mode=teleop]").click();
    await robot.manager.changeMode("idle");
    void robot.manager.changeMode("teleop");
    await page.locator(".mode.target").waitFor();
    await page.locator(".waves").first().waitFor();
    faults.going = await faultsOf(page);

    expect(faults).toEqual({ settled: [], degraded: [], going: [] });
  });
});

describe("by keyboard", () => {
  test("modes, transitions, nodes and events are each one stop of the Tab key, and moved in by arrows", async () => {
    await using robot = await startRobot();
    await robot.manager.changeMode("teleop");
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;
    await live(page);
    const focused = (): Promise<string> =>
      page.evaluate("(({ ariaLabel, textContent }) => ariaLabel ?? textContent)(document.activeElement)");

    const stops: string[] = [];
    await page.keyboard.press("Tab");
    while (stops.at(-1) !== "Events, newest last" && stops.length < 20) {
      stops.push(await focused());
      await page.keyboard.press("Tab");
    }

    expect(stops).toEqual([
      "How to read this page",
      "Colours: system",
      "Modes",
      "Transitions, newest first",
      "Steps of the transition",
      "stopped ones",
      "Filter nodes",
      "Nodes and the modes they run in",
      "Details",
      "Filter events",
      ...["requests", "transitions", "nodes", "health"],
      "Events, newest last",
    ]);
    await page.getByRole("listbox", { name: "Modes" }).press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.locator("#detail h2", { hasText: "Plan for teleop" }).waitFor();
    await page.getByRole("grid").press("End");
    await page.locator("#detail h2", { hasText: "Node joystick" }).waitFor();
    expect(await page.getByRole("grid").getAttribute("aria-activedescendant")).toBe(
      await page.locator('[data-node="joystick"]').getAttribute("id"),
    );
    await page.keyboard.press("Escape");
    await page.locator("#detail h2", { hasText: "How to read this page" }).waitFor();
  });

  test("the steps of a transition are gone through one by one, also when a node is stopped and started again", async () => {
    const catalogue = defineCatalogue({
      defaultMode: "idle",
      modes: { idle: ["a", "b"], again: { nodes: ["a", "b"], restartNodes: ["a", "b"] } },
    });
    await using robot = await startRobot(catalogue);
    await robot.manager.changeMode("again");
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;
    await live(page);
    const steps = page.getByRole("listbox", { name: "Steps of the transition" });
    const chosen: (string | null)[] = [];

    await steps.focus();
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press("ArrowDown");
      const selected = steps.locator("[aria-selected=true]");
      await selected.and(steps.locator(`[aria-posinset="${step + 1}"]`)).waitFor();
      chosen.push(await selected.locator(".name").textContent());
    }

    expect(chosen).toEqual(["a", "b", "a", "b"]);
  });

  test("a question mark brings the guide, which lists the keys", async () => {
    await using robot = await startRobot();
    await using viewer = await open(browser, robot.inspector.url, { viewport: { width: 420, height: 900 } });
    const { page } = viewer;
    await live(page);
    await page.locator(".mode[data-mode=teleop]").click();

    await page.keyboard.press("?");
    await page.locator("#detail", { hasText: "How to read this page" }).locator("kbd").first().waitFor();

    await page.locator("#detail:focus").waitFor();
    expect(await page.locator("#detail kbd").allTextContents()).toEqual(["Tab", "↑ ↓", "/", "Esc", "?"]);
    expect(await page.locator("#detail h2").isVisible()).toBe(true);
  });

  test("colours are chosen and remembered", async () => {
    await using robot = await startRobot();
    await using viewer = await open(browser, robot.inspector.url, { colorScheme: "light" });
    const { page } = viewer;
    const ground = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await ground();

    await page.locator("#theme").click();
    await page.locator("#theme").click();
    const dark = await ground();
    await page.reload();

    expect(dark).not.toBe(light);
    expect(await ground()).toBe(dark);
    expect(await page.locator("#theme").getAttribute("aria-label")).toBe("Colours: dark");
  });
});

test("everything that is pressed is at least 24 pixels high and wide, on a touch screen 40", async () => {
  await using robot = await startRobot();
  for (const [hasTouch, least] of [
    [false, 24],
    [true, 40],
  ] as const) {
    const context = await browser.newContext({ hasTouch, isMobile: hasTouch });
    const page = await context.newPage();
    await page.goto(robot.inspector.url);
    await live(page);
    const small = await page.evaluate<string[]>(`
      [...document.querySelectorAll("button:not(.link-button), input")]
        .filter((each) => each.checkVisibility())
        .filter((each) => {
          const { width, height } = each.getBoundingClientRect();
          return Math.min(width, height) < ${least} - 0.01;
        })
        .map((each) => each.id || each.textContent)
    `);
    await context.close();
    expect(small).toEqual([]);
  }
});

test("in a high-contrast theme bars, their legend and what is chosen are still seen", async () => {
  await using robot = await startRobot();
  const context = await browser.newContext({ forcedColors: "active" });
  const page = await context.newPage();
  await page.goto(robot.inspector.url);
  await live(page);
  await page.locator(".step .bar").first().waitFor();

  const seen = await page.evaluate(`({
    adjusted: [".step .bar", ".key.starting"].map(
      (part) => getComputedStyle(document.querySelector(part)).forcedColorAdjust,
    ),
    chosen: getComputedStyle(document.querySelector('.past-row[aria-selected="true"]')).outlineStyle,
  })`);
  await context.close();

  expect(seen).toEqual({ adjusted: ["none", "none"], chosen: "solid" });
});

test("where it goes and what is wrong are told to those who do not see the page, what was so before is not", async () => {
  const exitsEarly = { code: 3, signal: null, stderr: [] };
  await using robot = await startRobot(rover(), { camera: { exitsEarly } });
  await robot.manager.changeMode("mapping");
  await using viewer = await open(browser, robot.inspector.url);
  await live(viewer.page);
  const told: string[] = [];
  await viewer.page.exposeFunction("tell", (text: string) => void told.push(text));
  const before = await viewer.page.evaluate<string>(`{
    const told = document.querySelector("#told");
    new MutationObserver(() => tell(told.textContent)).observe(told, { childList: true, characterData: true, subtree: true });
    told.textContent;
  }`);
  await robot.manager.changeMode("idle");
  await vi.waitFor(() => expect(told.join(" ")).toContain("No problems any more."));
  await robot.manager.changeMode("mapping");
  await vi.waitFor(() => expect(told.join(" ")).toContain("camera is not running (exit 3)"));
  await robot.inspector.close();
  await vi.waitFor(() => expect(told.at(-1)).toContain("The manager cannot be reached"));

  expect(before).toBe("");
  expect(told.join(" ")).toMatch(
    /idle: changed\. Mode is idle\..*mapping: degraded, 1 error\. Mode is mapping\./,
  );
});

test("a new result is told to those who do not see the page", async () => {
  await using robot = await startRobot();
  await using viewer = await open(browser, robot.inspector.url);
  await live(viewer.page);

  await robot.manager.changeMode("mapping");
  const told = viewer.page.getByRole("status").filter({ hasText: "mapping: changed. Mode is mapping." });
  await told.waitFor({ state: "attached" });

  expect(viewer.misdeeds).toEqual([]);
});
