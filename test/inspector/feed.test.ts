/** I16: the feed gives late joiners everything and then every change, resumes without a gap, and bounds what it keeps. */
import { connect } from "node:net";
import { BehaviorSubject, Subject } from "rxjs";
import { describe, expect, test } from "vitest";
import type { ManagerEvent } from "../../src/bus/event.ts";
import type { Inspected } from "../../src/inspector/inspected.ts";
import { createInspector } from "../../src/inspector/inspector.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import { fakeSupervisor } from "../../src/testing/fake-supervisor.ts";
import { FeedReader } from "./http.ts";
import { rover, startRobot } from "./robot.ts";

/** A manager that never starts, and says what the test wants it to say. */
function puppet(): { readonly inspected: Inspected; readonly tell: (seq: number, text?: string) => void } {
  const manager = createLifecycleManager({ catalogue: rover(), supervisor: fakeSupervisor() });
  const events = new Subject<ManagerEvent>();
  const states = new BehaviorSubject(manager.state);
  const inspected = Object.create(manager, {
    catalogue: { value: manager.catalogue },
    capabilities: { value: manager.capabilities },
    state: { get: () => manager.state },
    state$: { value: states },
    events$: { value: events },
    actor: { value: manager.actor },
  }) as Inspected;
  const tell = (seq: number, text = ""): void => {
    events.next({ type: "health", id: text, at: 0, data: { status: "ok", reasons: [] }, seq });
    states.next(manager.state);
  };
  return { inspected, tell };
}

const seqs = (events: readonly ManagerEvent[]): number[] => events.map(({ seq }) => seq);

describe("I16: a viewer", () => {
  test("is given picture, state, nodes and past, then every event exactly once", async () => {
    await using robot = await startRobot();
    const all: number[] = [];
    robot.manager.events$.subscribe(({ seq }) => all.push(seq));
    await using feed = await FeedReader.open(robot.inspector.url);
    const first = await feed.next();

    await robot.manager.changeMode("teleop");
    const rest = await feed.until(({ events }) => events.some(({ type }) => type === "result"));

    expect(first.picture?.modes.map(({ name }) => name)).toEqual(["idle", "teleop", "mapping", "safe"]);
    expect(first.state).toMatchObject({ mode: "idle", work: "idle", phase: "idle", request: null });
    expect(first.nodes?.find(({ node }) => node === "clock")).toMatchObject({
      state: "ready",
      generation: 1,
    });
    expect(rest.flatMap(({ events }) => seqs(events))).toEqual(all);
    expect(rest.at(-1)?.state?.mode).toBe("teleop");
    expect(rest.every(({ picture }) => picture === undefined)).toBe(true);
  });

  test("who comes back is given only what was missed", async () => {
    await using robot = await startRobot();
    const feed = await FeedReader.open(robot.inspector.url);
    const before = seqs((await feed.next()).events);
    await feed[Symbol.asyncDispose]();
    await robot.manager.changeMode("mapping");

    await using again = await FeedReader.open(robot.inspector.url, { "last-event-id": feed.id });
    const frame = await again.next();

    expect(frame.picture).toBeUndefined();
    expect(frame.state?.mode).toBe("mapping");
    expect(Math.min(...seqs(frame.events))).toBe(Math.max(...before) + 1);
  });

  test.each(["nonsense", "0123456789ab:3", ":", "a:b:c", "%00"])(
    "who comes back with the id %j of another feed is given everything",
    async (id) => {
      await using robot = await startRobot();
      await using feed = await FeedReader.open(robot.inspector.url, { "last-event-id": id });

      expect((await feed.next()).picture?.namespace).toBe("rover-1");
    },
  );

  test("who was away for too long is given everything that is kept", async () => {
    const { inspected, tell } = puppet();
    await using inspector = await createInspector(inspected);
    tell(1);
    const feed = await FeedReader.open(inspector.url);
    await feed.next();
    await feed[Symbol.asyncDispose]();
    for (let seq = 2; seq < 10_000; seq += 1) tell(seq);

    await using again = await FeedReader.open(inspector.url, { "last-event-id": feed.id });
    const frames = await again.until(({ more }) => more !== true);
    const events = frames.flatMap((frame) => frame.events);

    expect(frames[0]?.picture).toBeDefined();
    expect(events.length).toBeGreaterThan(3_999);
    expect(events.length).toBeLessThan(8_001);
    expect(events.at(-1)?.seq).toBe(9_999);
  });

  test("is told a long past in parts, each in a turn of its own, and what happens meanwhile once", async () => {
    const { inspected, tell } = puppet();
    await using inspector = await createInspector(inspected);
    for (let seq = 1; seq <= 2_900; seq += 1) tell(seq);
    await using feed = await FeedReader.open(inspector.url);
    let told = 2_900;
    const telling = setInterval(() => tell((told += 1)));
    const frames = await feed.until(({ events }) => (events.at(-1)?.seq ?? 0) > 2_910);
    clearInterval(telling);

    const parts = frames.filter(({ more }) => more === true);
    expect(parts.map(({ events }) => events.length)).toEqual([500, 500, 500, 500, 500]);
    expect(frames.map(({ picture }) => picture !== undefined).indexOf(true, 1)).toBe(-1);
    expect(frames.findIndex(({ state }) => state !== undefined)).toBe(parts.length);
    const all = frames.flatMap(({ events }) => seqs(events));
    expect(all).toEqual(all.map((_, index) => index + 1));
  });

  test("is told which process a node has before it is ready, which no event tells", async () => {
    await using robot = await startRobot(rover(), { drive: { startMs: Infinity } });
    await using feed = await FeedReader.open(robot.inspector.url);
    await feed.next();

    void robot.manager.changeMode("teleop");
    const frames = await feed.until(({ spawned = [] }) => spawned.some(({ node }) => node === "drive"));

    const drive = frames.at(-1)?.spawned?.find(({ node }) => node === "drive");
    expect(drive).toMatchObject({ state: "starting", pid: robot.manager.state.nodes.get("drive")?.pid });
    expect(drive?.pid).toBeGreaterThan(0);
  });

  test("changes of one moment come in one frame", async () => {
    const { inspected, tell } = puppet();
    await using inspector = await createInspector(inspected);
    await using feed = await FeedReader.open(inspector.url);
    await feed.next();

    for (let seq = 1; seq <= 300; seq += 1) tell(seq);

    expect(seqs((await feed.next()).events)).toHaveLength(300);
  });
});

describe("bounds", () => {
  test("a viewer who does not read is let go, and the manager and the others do not notice", async () => {
    const { inspected, tell } = puppet();
    await using inspector = await createInspector(inspected);
    const deaf = connect(Number(new URL(inspector.url).port), "127.0.0.1");
    deaf.pause().write("GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const cut = new Promise((resolve) => {
      deaf.once("error", resolve).once("close", resolve);
    });
    await using feed = await FeedReader.open(inspector.url);
    await feed.next();
    const text = "x".repeat(1024 * 1024);

    for (let seq = 1; seq <= 30; seq += 1) {
      tell(seq, text);
      await feed.next();
    }
    deaf.resume();
    await cut;

    tell(31);
    expect(seqs((await feed.next()).events)).toEqual([31]);
  });

  test("the 33rd viewer is told that there are too many", async () => {
    await using robot = await startRobot();
    const feeds = await Promise.all(Array.from({ length: 32 }, () => FeedReader.open(robot.inspector.url)));
    await using late = await FeedReader.open(robot.inspector.url);

    expect(late.status).toBe(503);
    await Promise.all(feeds.map((feed) => feed[Symbol.asyncDispose]()));
  });
});
