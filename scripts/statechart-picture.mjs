/**
 * Takes the picture of a running manager as the XState team's own published viewer draws it (@xstate/viz 0.3.4, of 2020):
 * docs/images/statechart-xstate-viz.png. The manager's stream goes through the bridge page and Stately's own receiver.
 *
 * The page at stately.ai cannot be had without internet; this viewer can. It is for XState 4, so that it and what it needs
 * are installed into a folder of their own, and guards get the name that they had there.
 *
 *   node scripts/statechart-picture.mjs
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { importMapTag, standInForStately } from "../test/fixtures/inspector/stately-receiver.mjs";

const root = path.resolve(import.meta.dirname, "..");
execFileSync(process.execPath, ["scripts/build.mjs", "--if-stale"], { cwd: root, stdio: "inherit" });
const { createLifecycleManager, loadCatalogue } = await import("../dist/index.js");
const { createInspector } = await import("../dist/inspector/index.js");
const { fakeSupervisor } = await import("../dist/testing/index.js");

const packages = [
  "@xstate/viz@0.3.4",
  "xstate@4.38.3",
  "react@16.14.0",
  "react-dom@16.14.0",
  "rolldown@1.2.0",
];

const viewer = `
  import { createElement } from "react";
  import { render } from "react-dom";
  import { createMachine, State } from "xstate";
  import { MachineViz } from "@xstate/viz/lib/MachineViz";

  const asInVersion4 = (value) => {
    if (Array.isArray(value)) return value.map(asInVersion4);
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).map(([key, part]) =>
      key === "guard" ? ["cond", part.type ?? part] : [key, asInVersion4(part)],
    );
    return Object.fromEntries(entries);
  };
  let [machine, session] = [];
  globalThis.show = ({ type, name, definition, snapshot, sessionId }) => {
    if (type === "@xstate.actor" && name === "modeshift") {
      machine = createMachine({ ...asInVersion4(JSON.parse(definition)), context: {}, predictableActionArguments: true });
      session = sessionId;
    }
    if (sessionId !== session || snapshot?.value === undefined) return;
    const state = machine.resolveState(State.from(snapshot.value, {}));
    render(createElement(MachineViz, { machine, state, mode: "play" }), document.querySelector("#chart"));
  };`;

/** What a part of it looks for when it is loaded, and does not use. */
const asInNode = `globalThis.global = globalThis; globalThis.require = () => ({ sep: "/" });
  globalThis.process = { env: { NODE_ENV: "production" }, cwd: () => "/" };`;

/** The viewer as one script, and its style. */
function bundle() {
  const folder = mkdtempSync(path.join(tmpdir(), "modeshift-viewer-"));
  const run = (command, ...args) => execFileSync(command, args, { cwd: folder, stdio: "ignore" });
  try {
    writeFileSync(path.join(folder, "package.json"), "{}");
    writeFileSync(path.join(folder, "viewer.js"), viewer);
    run("npm", "install", "--legacy-peer-deps", "--ignore-scripts", ...packages);
    run(
      "node_modules/.bin/rolldown",
      "viewer.js",
      "--platform",
      "browser",
      "--format",
      "iife",
      "--file",
      "out.js",
    );
    const read = (file) => readFileSync(path.join(folder, file), "utf8");
    return { code: read("out.js"), style: read("node_modules/@xstate/viz/themes/index.css") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pageOf({ code, style }) {
  const safe = code.replaceAll("</script", String.raw`<\/script`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><style>${style} body { margin: 0; height: 100vh }
    #chart { height: 100% }</style>${importMapTag}<div id="chart"></div>
    <script>${asInNode} ${safe}</script>
    <script type="module">
      import { createBrowserReceiver } from "@statelyai/inspect";
      createBrowserReceiver().subscribe(show);
    </script>`;
}

const html = pageOf(bundle());
const manager = createLifecycleManager({
  catalogue: await loadCatalogue(path.join(root, "examples/rover/modeshift.yaml")),
  supervisor: fakeSupervisor({ nodes: { camera: { startMs: 2_000 } } }),
});
const inspector = await createInspector(manager, { stately: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  await manager.start();
  const page = await browser.newPage({ viewport: { width: 1040, height: 1900 } });
  page.on("pageerror", (error) => console.error(error));
  await standInForStately(page, html);
  await page.goto(new URL("stately", inspector.url).href);
  await page.frames()[1].locator("[data-xviz-active]", { hasText: "startup" }).last().waitFor();
  await manager.changeMode("idle");
  void manager.changeMode("teleop");
  await page.frames()[1].locator("[data-xviz-active][title='#modeshift.work.starting']").waitFor();
  // The lights fade in and out.
  await page.frames()[1].evaluate("Promise.all(document.getAnimations().map(({ finished }) => finished))");
  await page.screenshot({ path: path.join(root, "docs/images/statechart-xstate-viz.png") });
} finally {
  await browser.close();
  await inspector.close();
  await manager.stop();
}
