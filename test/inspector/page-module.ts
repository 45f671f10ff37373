/** The page's modules that need no page, loaded as they are: JavaScript, which the compiler checks on its own terms. */
import type { ManagerEvent } from "../../src/bus/event.ts";

export interface Bar {
  readonly node: string;
  readonly kind: "stop" | "start" | "wait";
  readonly beginAt: number | null;
  readonly spawnedAt: number | null;
  readonly endAt: number | null;
  readonly failed: boolean;
}

export interface Transition {
  readonly id: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly by: string | null;
  readonly endAt: number | null;
  readonly bars: readonly Bar[];
  readonly legs: readonly unknown[];
}

interface Modules {
  readonly transitions: {
    readonly Transitions: new () => {
      readonly list: readonly Transition[];
      take(event: ManagerEvent): boolean;
      spawned(node: string, spawnedAt: number): boolean;
    };
  };
  readonly chain: { longestChain(transition: Transition, now: number): readonly Bar[] };
  readonly words: { duration(ms: number): string; age(ms: number): string };
  readonly printed: { printed(line: string): string };
  readonly "event-text": { eventSign(event: ManagerEvent): { readonly mark: string; readonly text: string } };
}

/** Loads a module of the page. */
export async function pageModule<Name extends keyof Modules>(name: Name): Promise<Modules[Name]> {
  const url = new URL(`../../src/inspector/page/${name}.js`, import.meta.url);
  return (await import(/* @vite-ignore */ url.href)) as Modules[Name];
}
