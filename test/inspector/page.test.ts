/** The inspector's page in a real browser, looking at a manager whose nodes are scripts. */
import { request } from "node:http";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createInspector, type Inspector } from "../../src/inspector/index.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import type { LifecycleManager } from "../../src/lifecycle/manager-options.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";

const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
const offline = ["--disable-background-networking", "--disable-component-update"];

let browser: Browser;
let manager: LifecycleManager;
let inspector: Inspector;
let page: Page;
const troubles: string[] = [];
const hosts = new Set<string>();

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...quiet, ...offline] });
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  const catalogue = defineCatalogue({
    namespace: "rover-1",
    defaultMode: "idle",
    modes: new Map([
      ["idle", ["clock"]],
      ["teleop", ["clock", "drive"]],
      ["<script>alert(1)</script>", ["clock"]],
    ]),
  });
  manager = createLifecycleManager({ catalogue, supervisor: fakeSupervisor() });
  inspector = await createInspector(manager);
  await manager.start();
  page = await browser.newPage();
  troubles.length = 0;
  hosts.clear();
  page.on("console", (message) => void (message.type() === "error" && troubles.push(message.text())));
  page.on("pageerror", (error) => void troubles.push(error.message));
  page.on("request", (asked) => void hosts.add(new URL(asked.url()).host));
  await page.goto(inspector.url);
  await page.getByText("Settled").first().waitFor();
});

afterEach(async () => {
  await page.close();
  await inspector.close();
  await manager.stop();
});

/** Status of a request with a header that no page of ours sends. */
function statusWith(headers: Record<string, string>, method = "GET"): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(inspector.url, { headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("who looks late sees the mode that settled before", async () => {
  expect(await page.locator("#now").innerText()).toContain("idle");
  expect(await page.locator("#nodes").innerText()).toContain("clock");
});

test("a switch shows without a reload, and nothing goes wrong or to another host", async () => {
  await manager.changeMode("teleop");
  await page.locator("#now").getByText("teleop").first().waitFor();

  expect(await page.locator("#past").innerText()).toContain("idle → teleop");
  expect(troubles).toEqual([]);
  expect([...hosts]).toEqual([new URL(inspector.url).host]);
});

test("I13: a mode named like markup is text", async () => {
  expect(await page.locator("#chart").innerText()).toContain("<script>alert(1)</script>");
  expect(await page.locator("#chart script").count()).toBe(0);
});

test("a foreign Host or Origin is turned away, and only GET is answered", async () => {
  expect(await statusWith({ host: "evil.example" })).toBe(421);
  expect(await statusWith({ origin: "http://evil.example" })).toBe(403);
  expect(await statusWith({}, "POST")).toBe(405);
});
