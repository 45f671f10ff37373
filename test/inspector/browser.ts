/**
 * A real Chromium, and pages of it that remember everything they should not have done: errors and foreign requests.
 */
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: flags,
  });
}

/** A page with a record of its misdeeds. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Console errors and warnings, uncaught exceptions, requests to any other host: should be empty. */
  readonly misdeeds: string[];
  /** Every address asked for. */
  readonly requests: string[];
}

/** Opens an address in a context of its own. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const misdeeds: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => misdeeds.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) misdeeds.push(`console: ${message.text()}`);
  });
  context.on("request", (request) => {
    requests.push(request.url());
    if (new URL(request.url()).host !== new URL(url).host) misdeeds.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, misdeeds, requests, [Symbol.asyncDispose]: () => context.close() };
}

/** Resolves when the page shows the manager as it is now. */
export async function live(page: Page): Promise<void> {
  await page.locator("body[data-connection=live]").waitFor();
}
