/**
 * Stately's inspector without internet: what is asked of stately.ai is answered here with a page that runs Stately's
 * own receiver, from the package as it is installed, and shows what it receives.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";

const modules = path.resolve(import.meta.dirname, "../../node_modules");
/** What the receiver's package imports and the receiver does not use. */
const unused = ["fast-safe-stringify", "safe-stable-stringify", "isomorphic-ws", "partysocket"];
const nothing = "data:text/javascript,export default class { static configure() {} }";

const importMap = {
  imports: {
    ...Object.fromEntries(unused.map((name) => [name, nothing])),
    superjson: "data:text/javascript,export const stringify = null",
    "#uuid": "data:text/javascript,export const uuid = null",
    xstate: "/modules/xstate/dist/xstate.esm.js",
    "@statelyai/inspect": "/modules/@statelyai/inspect/dist/index.mjs",
  },
};

const receiverPage = `<!doctype html><title>receiver</title>
<script type="importmap">${JSON.stringify(importMap)}</script>
<script type="module">
  import { createBrowserReceiver } from "@statelyai/inspect";
  globalThis.received = [];
  createBrowserReceiver().subscribe((event) => received.push(event));
</script>`;

/** A message as Stately's receiver gives it. */
export interface Received {
  readonly type: string;
  readonly name?: string;
  readonly definition?: string;
  readonly snapshot?: { readonly value?: { readonly mode: string; readonly work: string } };
  readonly event?: { readonly type: string };
}

/** Answers for stately.ai. */
export async function standInForStately(page: Page): Promise<void> {
  await page.route("https://stately.ai/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    if (!pathname.startsWith("/modules/")) {
      await route.fulfill({ contentType: "text/html", body: receiverPage });
      return;
    }
    const body = readFileSync(path.join(modules, pathname.slice("/modules/".length)), "utf8");
    await route.fulfill({ contentType: "text/javascript", body });
  });
}

/** What the receiver has got by the time it has a message that passes. */
export async function received(
  page: Page,
  last: (message: Received) => boolean,
): Promise<readonly Received[]> {
  for (;;) {
    const frame = page.frames().find((each) => each.url().startsWith("https://stately.ai/"));
    const messages = (await frame?.evaluate<Received[]>("globalThis.received ?? []")) ?? [];
    if (messages.some((message) => last(message))) return messages;
    await page.waitForTimeout(20);
  }
}
