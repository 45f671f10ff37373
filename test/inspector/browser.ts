/**
 * A real Chromium, and pages of it that remember everything they should not have done: errors and foreign requests.
 */
import { chromium, type Browser, type Page, type ViewportSize } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Every renderer process more would have to begin.
  "--renderer-process-limit=1",
  "--disable-site-isolation-trials",
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

/** How a page is looked at; left out: a wide window, light. */
export interface Look {
  readonly viewport?: ViewportSize;
  readonly colorScheme?: "light" | "dark";
}

/**
 * Opens an address in the one tab of the browser, which is blank again afterwards: a renderer process for every viewer
 * costs more than what the viewer does.
 */
export async function open(browser: Browser, url: string, look: Look = {}): Promise<WatchedPage> {
  const { viewport = { width: 1440, height: 900 }, colorScheme = "light" } = look;
  const context = browser.contexts()[0] ?? (await browser.newContext());
  const page = context.pages()[0] ?? (await context.newPage());
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  await page.mouse.move(0, 0);
  const misdeeds: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => misdeeds.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) misdeeds.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    requests.push(request.url());
    if (new URL(request.url()).host !== new URL(url).host) misdeeds.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  const leave = async (): Promise<void> => {
    await page.evaluate("localStorage.clear()");
    await page.removeAllListeners(undefined, { behavior: "wait" });
    await page.goto("about:blank");
  };
  return { page, misdeeds, requests, [Symbol.asyncDispose]: leave };
}

/** Resolves when the page shows the manager as it is now. */
export async function live(page: Page): Promise<void> {
  await page.locator("body[data-connection=live]").waitFor();
}
