/** What Stately's own receiver gets, in a page that stands in for stately.ai (test/fixtures/inspector). */
import type { Page } from "playwright-core";

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
  const url = new URL("../fixtures/inspector/stately-receiver.mjs", import.meta.url);
  const receiver = (await import(/* @vite-ignore */ url.href)) as {
    readonly standInForStately: (page: Page) => Promise<void>;
  };
  await receiver.standInForStately(page);
}

/** What the receiver has got by the time it has a message that passes. */
export async function received(
  page: Page,
  last: (message: Received) => boolean,
): Promise<readonly Received[]> {
  for (;;) {
    const frame = page.frames().find((each) => /^https:\/\/(www\.)?stately\.ai\//.test(each.url()));
    const messages = (await frame?.evaluate<Received[]>("globalThis.received ?? []")) ?? [];
    if (messages.some((message) => last(message))) return messages;
    await page.waitForTimeout(20);
  }
}
