/** What the page makes of events: bars, the longest chain, and sentences. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { ManagerEvent } from "../../src/bus/event.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import type { Catalogue } from "../../src/modes/catalogue.ts";
import { fakeSupervisor, type FakeSupervisorOptions } from "../../src/testing/fake-supervisor.ts";
import { simulatedClock } from "../../src/testing/simulated-clock.ts";
import { pageModule, type Transition } from "./page-module.ts";
import { rover } from "./robot.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Plays requests in virtual time; events are stamped with it. */
async function play(
  nodes: NonNullable<FakeSupervisorOptions["nodes"]>,
  steps: readonly (readonly [mode: string, atMs: number])[],
  catalogue: Catalogue = rover(),
): Promise<{ readonly events: readonly ManagerEvent[]; readonly list: readonly Transition[] }> {
  const { Transitions } = await pageModule("transitions");
  const clock = simulatedClock();
  const transitions = new Transitions();
  const events: ManagerEvent[] = [];
  const manager = createLifecycleManager({ catalogue, clock, supervisor: fakeSupervisor({ nodes }) });
  manager.events$.subscribe((event) => {
    const stamped = { ...event, at: clock.now() };
    events.push(stamped);
    transitions.take(stamped);
  });
  const boot = manager.start();
  await clock.advance(1_000);
  await boot;
  for (const [mode, atMs] of steps) {
    await clock.advance(Math.max(0, 1_000 + atMs - clock.now()));
    void manager.changeMode(mode, { by: "test" });
  }
  await clock.advance(120_000);
  const stopped = manager.stop();
  await clock.runAll();
  await stopped;
  return { events, list: transitions.list };
}

const brief = ({ bars }: Transition, at: number): string[] =>
  bars.map(({ kind, node, beginAt, endAt, failed }) => {
    const time = (value: number | null): string => (value === null ? "-" : String(value - at));
    return `${kind} ${node} ${time(beginAt)}..${time(endAt)}${failed ? " failed" : ""}`;
  });

describe("bars", () => {
  test("I5: show when each step's turn came and how long it took; the longest chain is what made it long", async () => {
    const { longestChain } = await pageModule("chain");
    const nodes = {
      drive: { startMs: 200, stopMs: 50 },
      camera: { startMs: 250 },
      joystick: { startMs: 100 },
    };
    const { list } = await play(nodes, [
      ["teleop", 0],
      ["mapping", 1_000],
    ]);

    const [boot, teleop, mapping] = list;
    expect(boot).toMatchObject({ from: null, to: "idle" });
    expect(teleop).toMatchObject({ from: "idle", to: "teleop", by: "test", endAt: 1_300 });
    expect(brief(teleop!, 1_000)).toEqual([
      "start drive 0..200",
      "start camera 0..250",
      "start joystick 200..300",
    ]);
    expect(longestChain(teleop!, 0).map(({ node }) => node)).toEqual(["drive", "joystick"]);
    expect(brief(mapping!, 2_000)).toEqual(["stop drive 0..50", "stop joystick 0..0"]);
    expect(list.at(-1)).toMatchObject({ to: null, from: "mapping" });
    expect(list.every(({ endAt }) => endAt !== null)).toBe(true);
  });

  test("a failed start fails its bar, and what depends on it never begins", async () => {
    const { list } = await play({ drive: { startMs: 70, exitsEarly: { code: 1, signal: null } } }, [
      ["teleop", 0],
    ]);

    expect(brief(list[1]!, 1_000)).toEqual([
      "start drive 0..70 failed",
      "start camera 0..0",
      "start joystick -..- failed",
    ]);
  });

  test("I8: a preempted transition ends, and what it had begun is awaited by the next", async () => {
    const { list } = await play({ camera: { startMs: 500 }, drive: { startMs: 80 } }, [
      ["teleop", 0],
      ["mapping", 100],
    ]);

    const [, teleop, mapping] = list;
    expect(teleop).toMatchObject({ to: "teleop", endAt: 1_100 });
    expect(brief(teleop!, 1_000)).toContain("start camera 0..-");
    expect(brief(mapping!, 1_100)).toContain("wait camera 0..400");
  });

  test("a start says when its process was there: while somebody looks at once, else with the next event", async () => {
    const { Transitions } = await pageModule("transitions");
    const transitions = new Transitions();
    const plan = { mode: "b", stop: [], start: [{ node: "camera", after: [] }], keep: [], awaited: [] };
    const moved = (at: number, state: string, spawnedAt: number | null): boolean =>
      transitions.take({
        ...{ type: "node", id: "r", seq: at, at },
        data: { node: "camera", state, spawnedAt },
      } as unknown as ManagerEvent);
    transitions.take({
      ...{ type: "transition", id: "r", seq: 1, at: 100 },
      data: { cause: "request", from: "a", to: "b", plan },
    } as unknown as ManagerEvent);

    expect(transitions.spawned("camera", 101)).toBe(false);
    moved(102, "starting", null);
    expect(transitions.list[0]?.bars[0]).toMatchObject({ beginAt: 102, spawnedAt: null });
    expect(transitions.spawned("camera", 105)).toBe(true);
    expect(transitions.list[0]?.bars[0]).toMatchObject({ beginAt: 102, spawnedAt: 105, endAt: null });
    moved(200, "ready", 106);
    expect(transitions.list[0]?.bars[0]).toMatchObject({ beginAt: 102, spawnedAt: 106, endAt: 200 });
  });

  test("the list is bounded", async () => {
    const steps = Array.from(
      { length: 80 },
      (_, index) => [index % 2 === 0 ? "mapping" : "idle", index * 10] as const,
    );
    const { list } = await play({}, steps);

    expect(list).toHaveLength(60);
  });
});

describe("words", () => {
  test.each([
    [-3, "0 ms"],
    [0.4, "0 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [9_996, "10.0 s"],
    [59_949, "59.9 s"],
    [59_960, "59 s"],
    [200_000, "3 min 20 s"],
    [18_180_000, "5 h 3 min"],
    [1_051_200_000, "12 d 4 h"],
  ])("%d ms is %s", async (ms, text) => {
    expect((await pageModule("words")).duration(ms)).toBe(text);
  });

  test.each([
    ["\u001b[1;31mred\u001b[0m and \u001b[2Kclean", "red and clean"],
    ["\u001b]0;a title\u0007text \u001b]8;;http://x\u001b\\link", "text link"],
    ["10 %\r20 %\r", "20 %"],
    ["bell\u0007, tab\tkept, \u009b31m", "bell, tab\tkept, 31m"],
    ["\u001b[", ""],
  ])("%j is shown as %j", async (line, text) => {
    expect((await pageModule("printed")).printed(line)).toBe(text);
  });

  test("every event is a sentence", async () => {
    const { eventSign } = await pageModule("event-text");
    const { events } = await play({ camera: { exitsEarly: { code: 1, signal: null } } }, [
      ["teleop", 0],
      ["safe", 500],
    ]);

    const sentences = events.filter(({ type }) => type !== "progress").map((event) => eventSign(event).text);

    expect(sentences).toContain("request for teleop by test");
    expect(sentences).toContain("idle → teleop: start 3");
    expect(sentences).toContain("health degraded: camera is not running (exit 1)");
    expect(sentences.some((text) => /^teleop: degraded in \d+ ms; camera NODE_EXITED$/.test(text))).toBe(
      true,
    );
    expect(sentences.filter((text) => /undefined|null|\[object/.test(text))).toEqual([]);
  });
});

test("the page's JavaScript holds under the compiler", async () => {
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const checked = promisify(execFile)(process.execPath, [tsc, "-p", "src/inspector/page/tsconfig.json"], {
    cwd: root,
  });

  await expect(checked).resolves.toMatchObject({ stdout: "" });
});
