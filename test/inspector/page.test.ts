/** The page in a real Chromium: what it shows, how fast, and that it comes back. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createInspector } from "../../src/inspector/inspector.ts";
import { launch, live, open } from "./browser.ts";
import { rover, startRobot } from "./robot.ts";
import { openTunnel } from "./tunnel.ts";

let browser: Browser;

/** A script that resolves with the time at which the page shows this mode. */
function whenModeIs(mode: string): string {
  return `new Promise((resolve) => {
    const name = document.querySelector("#now .mode-name");
    const observer = new MutationObserver(() => {
      if (name.textContent !== ${JSON.stringify(mode)}) return;
      observer.disconnect();
      resolve(Date.now());
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  })`;
}

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

describe("a viewer", () => {
  test("sees mode, nodes, transitions, events and health at once, however late", async () => {
    await using robot = await startRobot();
    await robot.manager.changeMode("teleop", { by: "ui" });
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;
    await live(page);

    expect(await page.locator("#now .mode-name").first().textContent()).toBe("teleop");
    expect(await page.locator(".mode.current").getAttribute("data-mode")).toBe("teleop");
    expect(await page.locator('[data-node="joystick"] .state-text').textContent()).toBe("ready");
    expect(await page.locator(".past-row .way").allTextContents()).toEqual(["idle → teleop", "start → idle"]);
    expect(await page.locator(".step .name").allTextContents()).toEqual(["drive", "camera", "joystick"]);
    expect(await page.locator(".chain").textContent()).toMatch(
      /^◆ longest chain: drive \d+ ms → joystick \d+ ms$/,
    );
    expect(await page.locator("#events").textContent()).toContain("teleop: changed in");
    expect(await page.locator("#lamps").textContent()).toMatch(/Robot●okBus●connectedLock●epoch 1/);
    expect(await page.title()).toBe("teleop · rover-1");
    expect(viewer.misdeeds).toEqual([]);
  });

  test("sees a switch within 200 ms", async () => {
    await using robot = await startRobot();
    await using viewer = await open(browser, robot.inspector.url);
    await live(viewer.page);
    const delays: number[] = [];

    for (const mode of ["mapping", "idle", "mapping", "idle", "mapping"]) {
      const shown = viewer.page.evaluate<number>(whenModeIs(mode));
      // A round trip: the page observes by now.
      await viewer.page.evaluate("0");
      const { at } = await robot.manager.changeMode(mode);
      delays.push((await shown) - at);
    }

    expect(delays.toSorted((a, b) => a - b)[2], `delays ${delays.join(", ")} ms`).toBeLessThan(200);
  });

  test("sees where a transition goes, what it waits for, and the node that holds it up", async () => {
    await using robot = await startRobot(rover(), { drive: { startMs: Infinity } });
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;
    await live(page);

    const change = robot.manager.changeMode("teleop");
    await page.locator(".mode.target[data-mode=teleop]").waitFor();
    await page.locator(".doing-detail", { hasText: "waits for drive" }).waitFor();

    expect(await page.locator(".mode.current").getAttribute("data-mode")).toBe("idle");
    expect(await page.locator(".work[aria-current]").textContent()).toBe("starting");
    expect(await page.locator(".step.moving .name").textContent()).toBe("drive");
    expect(await page.locator(".step", { hasText: "joystick" }).locator(".took").textContent()).toBe("waits");
    await robot.manager.changeMode("safe");
    expect((await change).outcome).toBe("superseded");
    await page.locator(".past-row", { hasText: "superseded" }).waitFor();
    expect(viewer.misdeeds).toEqual([]);
  });

  test("is told of what went wrong, and why", async () => {
    const exitsEarly = { code: 3, signal: null, stderr: ["no camera"] };
    await using robot = await startRobot(rover(), { camera: { exitsEarly } });
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;
    await robot.manager.changeMode("teleop");

    await page.locator("#banner .problem", { hasText: "camera is not running (exit 3)" }).click();

    await page.locator("#detail h2", { hasText: "Node camera" }).waitFor();
    await page.locator("#detail", { hasText: "no camera" }).waitFor();
    expect(await page.locator(".step.failed .name").textContent()).toBe("camera");
    expect(await page.locator(".work[aria-current]").textContent()).toBe("degraded");
    expect(await page.locator("#lamps").textContent()).toContain("Robot▲degraded");
  });

  test("sees a request that was turned away, and why, beside the transition that goes on", async () => {
    await using robot = await startRobot(rover(), { drive: { startMs: Infinity } });
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;
    await live(page);

    void robot.manager.changeMode("teleop");
    await robot.manager.changeMode("mapping", { by: "ui", onBusy: "reject" });
    await page.locator(".past-row", { hasText: "rejected" }).click();

    await page.locator(".why", { hasText: "on_busy: reject" }).waitFor();
    expect(await page.locator(".past-row .way").allTextContents()).toEqual([
      "idle → teleop",
      "idle → mapping",
      "start → idle",
    ]);
    expect(await page.locator(".mode.target").getAttribute("data-mode")).toBe("teleop");
    await robot.manager.changeMode("safe");
    await robot.manager.changeMode("teleop", { by: "ui" });
    await page
      .locator(".doing-detail", { hasText: /^⊘request for teleop .*rejected, just now: .*idle/ })
      .waitFor();
  });

  test("sees a node that is not ready yet with its process", async () => {
    await using robot = await startRobot(rover(), { drive: { startMs: Infinity } });
    await using viewer = await open(browser, robot.inspector.url);
    await live(viewer.page);

    void robot.manager.changeMode("teleop");

    await viewer.page.locator('[data-node="drive"] .c-pid', { hasText: /\d/ }).waitFor();
    expect(await viewer.page.locator('[data-node="drive"] .state-text').textContent()).toBe("not ready yet");
  });

  test("chooses a mode and sees its plan, kept up to date", async () => {
    await using robot = await startRobot();
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;

    await page.locator(".mode[data-mode=teleop]").click();
    await page.locator(".summary", { hasText: "start 3 nodes, keep 1 node" }).waitFor();
    await robot.manager.changeMode("safe");
    await page.locator(".refusal", { hasText: "from" }).waitFor();

    expect(await page.locator(".waves.start li").allTextContents()).toEqual(["drive camera ", "joystick "]);
    await page.keyboard.press("Escape");
    await page.locator("#detail h2", { hasText: "How to read this page" }).waitFor();
  });

  test("filters events by kind and text", async () => {
    await using robot = await startRobot();
    await robot.manager.changeMode("teleop");
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;
    await live(page);

    await page.keyboard.press("/");
    await page.keyboard.type("joystick");
    await page.getByRole("button", { name: "requests" }).click();

    await page.locator("#events .rows", { hasText: /^(?!.*drive)/ }).waitFor();

    const shown = await page.locator(".event .what").allTextContents();
    expect(shown).toEqual(["joystick starting", expect.stringContaining("joystick ready")]);
  });
});

describe("I16: a lost connection", () => {
  test("heals by itself, without a gap and without showing anything twice", async () => {
    await using robot = await startRobot();
    await using tunnel = await openTunnel(Number(new URL(robot.inspector.url).port));
    await using viewer = await open(browser, tunnel.url);
    const { page } = viewer;
    await live(page);

    tunnel.cut();
    await page.locator("#banner", { hasText: "cannot be reached" }).waitFor();
    await robot.manager.changeMode("mapping");
    tunnel.mend();
    await page.locator(".mode.current[data-mode=mapping]").waitFor();
    await robot.manager.changeMode("idle");
    await page.locator(".mode.current[data-mode=idle]").waitFor();

    expect(await page.locator("#banner").isHidden()).toBe(true);
    expect(await page.locator(".past-row .way").allTextContents()).toEqual([
      "mapping → idle",
      "idle → mapping",
      "start → idle",
    ]);
    expect(viewer.requests.at(-1)).toMatch(/feed\?after=\w+%3A\d+$/);
  });

  test("to a manager that has begun anew shows nothing of the old one", async () => {
    const robot = await startRobot();
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;
    await robot.manager.changeMode("teleop");
    await page.locator(".mode.current[data-mode=teleop]").waitFor();

    await robot[Symbol.asyncDispose]();
    await using successor = await startRobot();
    await using _served = await createInspector(successor.manager, {
      port: Number(new URL(robot.inspector.url).port),
    });
    await page.locator(".mode.current[data-mode=idle]").waitFor();

    expect(await page.locator(".past-row").count()).toBe(0);
  });

  test("is told apart from a manager that has stopped", async () => {
    await using robot = await startRobot();
    await using viewer = await open(browser, robot.inspector.url);
    await live(viewer.page);

    await robot.manager.stop();
    await viewer.page.locator("body[data-connection=ended]").waitFor();

    expect(await viewer.page.locator("#banner").textContent()).toContain("The manager has stopped.");
    expect(await viewer.page.locator("#now").innerText()).toMatch(/none\s+stopped\s+the last mode was idle/i);
    await robot.inspector.close();
    await viewer.page.locator("body[data-connection=lost]").waitFor();
    expect(await viewer.page.locator("#banner").textContent()).toContain("The manager has stopped.");
    expect(await viewer.page.locator(".mode.current").count()).toBe(0);
  });
});

describe("I13: names are only text", () => {
  test("a mode and a node that look like markup, keys or selectors are shown as they are", async () => {
    const nasty = [
      "<script>alert(1)</script>",
      "__proto__",
      '"><img src=x onerror=alert(2)>',
      "constructor",
      "a&b;",
    ];
    const catalogue = defineCatalogue({
      defaultMode: nasty[0]!,
      modes: Object.fromEntries(nasty.map((name) => [name, [`${name.slice(0, 60)}!`]])),
    });
    await using robot = await startRobot(catalogue);
    await using viewer = await open(browser, robot.inspector.url);
    const { page } = viewer;
    await live(page);

    for (const name of nasty) await robot.manager.changeMode(name);
    await page.locator(".mode.current", { hasText: "a&b;" }).waitFor();
    await page.locator(".mode").filter({ hasText: "<script>" }).click();
    await page.locator(".summary").waitFor();

    expect(await page.locator(".mode .name").allTextContents()).toEqual(nasty);
    expect(await page.locator("#detail .subject").textContent()).toBe(nasty[0]);
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(viewer.misdeeds).toEqual([]);
  });
});
