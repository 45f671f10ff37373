/** How a fake node behaves, as `start=300ms stop=never fails=ENOENT`; `then` parts one start from the next. */
import type { NodeExit } from "../../src/modes/observation.ts";
import type { FakeBehaviour } from "../../src/testing/fake-process.ts";
import { duration, durationOf } from "./words.ts";

/** One behaviour for each start. */
export function behavioursOf(words: readonly string[]): FakeBehaviour[] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === "then") parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts.map((part) => Object.assign({}, ...part.map(settingOf)) as FakeBehaviour);
}

/** The inverse of {@link behavioursOf}. */
export function behavioursText(behaviours: readonly FakeBehaviour[]): string {
  return behaviours.map(behaviourText).join(" then ");
}

function settingOf(text: string): FakeBehaviour {
  const [key = "", value = ""] = text.split("=");
  switch (key) {
    case "works":
      return {};
    case "start":
      return { startMs: durationOf(value) };
    case "stop":
      return { stopMs: durationOf(value) };
    case "kill":
      return { killMs: durationOf(value) };
    case "survives_kills":
      return { survivesKills: value === "all" ? Infinity : Number(value) };
    case "fails":
      return { failsToSpawn: value };
    case "exits_early":
      return { exitsEarly: exitOf(value) };
    case "crashes_after":
      return { crashAfterMs: durationOf(value) };
    case "crash":
      return { crashExit: exitOf(value) };
    case "ready_unseen":
      return { readyUnseen: true };
    default:
      throw new Error(`'${text}' is no behaviour of a node`);
  }
}

function behaviourText(behaviour: FakeBehaviour): string {
  const { startMs, stopMs, killMs, survivesKills, failsToSpawn, exitsEarly, crashAfterMs, crashExit } =
    behaviour;
  const words = [
    startMs === undefined || startMs === 0 ? "" : `start=${duration(startMs)}`,
    stopMs === undefined || stopMs === 0 ? "" : `stop=${duration(stopMs)}`,
    killMs === undefined || killMs === 0 ? "" : `kill=${duration(killMs)}`,
    survivesKills === undefined || survivesKills === 0
      ? ""
      : `survives_kills=${survivesKills === Infinity ? "all" : survivesKills}`,
    failsToSpawn === undefined ? "" : `fails=${failsToSpawn}`,
    exitsEarly === undefined ? "" : `exits_early=${exitText(exitsEarly)}`,
    crashAfterMs === undefined ? "" : `crashes_after=${duration(crashAfterMs)}`,
    crashExit === undefined ? "" : `crash=${exitText(crashExit)}`,
    behaviour.readyUnseen === true ? "ready_unseen" : "",
  ].filter((text) => text !== "");
  return words.length === 0 ? "works" : words.join(" ");
}

/** `1` or `SIGSEGV`. */
export function exitText({ code, signal }: NodeExit): string {
  return signal ?? String(code);
}

/** The inverse of {@link exitText}. */
export function exitOf(text: string): NodeExit {
  return /^\d+$/.test(text) ? { code: Number(text), signal: null } : { code: null, signal: text };
}
