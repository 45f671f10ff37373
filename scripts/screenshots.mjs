/**
 * Takes the pictures of the inspector's page that the documentation shows: docs/images, from the real page in a real
 * Chromium, with the example robot's real processes where a log is shown and scripted nodes elsewhere.
 *
 *   node scripts/screenshots.mjs           all of them
 *   node scripts/screenshots.mjs degraded  those whose name has this in it
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";
import { standInForStately } from "../test/fixtures/inspector/stately-receiver.mjs";

const root = path.resolve(import.meta.dirname, "..");
execFileSync(process.execPath, ["scripts/build.mjs", "--if-stale"], { cwd: root, stdio: "inherit" });
const { createLifecycleManager, defineCatalogue, loadCatalogue, processSupervisor } =
  await import("../dist/index.js");
const { createInspector } = await import("../dist/inspector/index.js");
const { fakeSupervisor } = await import("../dist/testing/index.js");

const folder = path.join(root, "docs/images");
const only = process.argv[2] ?? "";
const rover = await loadCatalogue(path.join(root, "examples/rover/modeshift.yaml"));
const size = { width: 1440, height: 900 };

/** How long the example robot's nodes take when they are scripted, ms. */
const times = {
  clock: { startMs: 180 },
  selfcheck: { startMs: 420 },
  telemetry: { startMs: 240, stopMs: 30 },
  camera: { startMs: 900, stopMs: 120 },
  lidar: { startMs: 1500, stopMs: 60 },
  drive: { startMs: 350, stopMs: 260 },
  joystick: { startMs: 150, stopMs: 40 },
  planner: { startMs: 1100, stopMs: 90 },
};

const scenes = {
  settled: {
    size,
    supervisor: (stateDir) => processSupervisor({ stateDir }),
    async play(manager, page) {
      await manager.changeMode("idle", { by: "ui" });
      await manager.changeMode("teleop", { by: "ui" });
      await page.locator('[data-node="drive"]').click();
      await pause(1200);
    },
  },
  transition: {
    size,
    supervisor: () => fakeSupervisor({ nodes: times }),
    async play(manager, page) {
      await manager.changeMode("idle", { by: "ui" });
      await manager.changeMode("teleop", { by: "joystick" });
      await page.locator('[data-mode="safe"]').click();
      void manager.changeMode("autonomous", { by: "mission" });
      await pause(1250);
    },
  },
  degraded: {
    size,
    supervisor: () =>
      fakeSupervisor({
        nodes: {
          ...times,
          camera: { startMs: 700, exitsEarly: { code: 1, signal: null, stderr: ["no /dev/video0"] } },
        },
      }),
    async play(manager, page) {
      await manager.changeMode("idle", { by: "ui" });
      await manager.changeMode("teleop", { by: "ui" });
      await page.locator('[data-node="camera"]').click();
      await pause(900);
    },
  },
  "500-nodes": {
    size: { width: 1260, height: 800 },
    catalogue: largeRobot(),
    supervisor: () => fakeSupervisor({ nodes: largeTimes() }),
    async play(manager, page) {
      await manager.changeMode("mission 42", { by: "plan" });
      await page.locator('[data-mode="mission 90"]').click();
      void manager.changeMode("mission 43", { by: "plan" });
      await pause(400);
    },
  },
  "stately-receiver": {
    size: { width: 1180, height: 516 },
    schemes: ["light"],
    stately: true,
    supervisor: () => fakeSupervisor({ nodes: times }),
    async play(manager, page) {
      await page.frames()[1].locator(".state.on", { hasText: "startup" }).waitFor();
      await manager.changeMode("idle", { by: "ui" });
      void manager.changeMode("teleop", { by: "joystick" });
      await page.frames()[1].locator(".state.on", { hasText: "starting" }).waitFor();
      await pause(200);
    },
  },
  narrow: {
    size: { width: 420, height: 1500 },
    supervisor: () => fakeSupervisor({ nodes: times }),
    async play(manager) {
      await manager.changeMode("idle", { by: "ui" });
      await manager.changeMode("teleop", { by: "ui" });
    },
  },
};

/** 500 nodes in 200 modes. */
function largeRobot() {
  const name = (index) => `node-${String(index).padStart(3, "0")}`;
  const nodes = Array.from({ length: 500 }, (_, index) => [
    name(index),
    { dependsOn: index % 10 === 0 ? [] : [name(index - (index % 10))] },
  ]);
  const modes = Array.from({ length: 200 }, (_, mode) => {
    const first = (mode * 20) % 400;
    return [`mission ${mode}`, Array.from({ length: 100 }, (_, index) => name(first + index))];
  });
  return defineCatalogue({
    namespace: "plant-7",
    defaultMode: "mission 0",
    nodes: Object.fromEntries(nodes),
    modes: Object.fromEntries(modes),
  });
}

function largeTimes() {
  return Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [
      `node-${String(index).padStart(3, "0")}`,
      { startMs: 120 + ((index * 37) % 400), stopMs: 20 + ((index * 13) % 90) },
    ]),
  );
}

async function open(page, { stately }, url) {
  if (stately === true) {
    await standInForStately(page);
    await page.goto(new URL("stately", url).href);
    return;
  }
  await page.goto(url);
  await page.locator("body[data-connection=live]").waitFor();
}

async function shoot(browser, name, colorScheme) {
  const scene = scenes[name];
  const stateDir = mkdtempSync(path.join(tmpdir(), "modeshift-pictures-"));
  const manager = createLifecycleManager({
    catalogue: scene.catalogue ?? rover,
    supervisor: scene.supervisor(stateDir),
  });
  const inspector = await createInspector(manager, { stately: scene.stately === true });
  const context = await browser.newContext({ viewport: scene.size, colorScheme });
  try {
    await manager.start();
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(name, error));
    page.on("console", (message) => message.type() === "error" && console.error(name, message.text()));
    await open(page, scene, inspector.url);
    await scene.play(manager, page);
    await page.screenshot({ path: path.join(folder, `inspector-${name}-${colorScheme}.png`) });
  } finally {
    await context.close();
    await inspector.close();
    await manager.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  for (const name of Object.keys(scenes)) {
    for (const colorScheme of scenes[name].schemes ?? ["light", "dark"]) {
      if (`${name}-${colorScheme}`.includes(only)) await shoot(browser, name, colorScheme);
    }
  }
} finally {
  await browser.close();
}
