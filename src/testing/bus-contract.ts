/**
 * The contract of every bus, as runnable cases: one per sentence of src/bus/bus.ts that can be seen from outside.
 *
 * For any test runner: each case rejects when the contract is broken. It plays the manager and, through the harness,
 * the client; what a real manager answers is not its business. Cites I7, I9, I16.
 */
import assert from "node:assert/strict";
import { Subscription } from "rxjs";
import type { Bus, BusContext, BusHealth, ManagerState } from "../bus/bus.ts";
import type { ManagerEvent, UnnumberedEvent } from "../bus/event.ts";
import { systemClock } from "../clock.ts";
import { defineCatalogue } from "../config/define-catalogue.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { TransitionResult } from "../modes/result.ts";

/** A bus under test and the far end's view of it. */
export interface BusHarness {
  /** Not open yet. */
  readonly bus: Bus;
  /** A bus of the next manager at the same far end; absent when the far end dies with the bus. */
  readonly successor?: () => Bus;
  /** Sends a request as a client would; resolves with its id when it is on its way. */
  send(fields: Readonly<Record<string, string>>): Promise<string>;
  events(): Promise<readonly ManagerEvent[]>;
  state(): Promise<ManagerState | undefined>;
  result(id: string): Promise<TransitionResult | undefined>;
  /** Why each dead letter is one, oldest first. */
  deadLetters(): Promise<readonly string[]>;
  /** Closes whatever `bus.close()` does not. */
  dispose(): Promise<void>;
}

/** One sentence of the contract. */
export interface BusContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const catalogue = defineCatalogue({
  defaultMode: "idle",
  modes: { idle: [], teleop: ["drive"], autonomous: ["drive", "planner"], safe: { nodes: [], urgent: true } },
});

/**
 * The cases for a bus. `create` is called once per case.
 *
 * @example
 * ```ts
 * import { memoryBus } from "modeshift";
 * import { busContract } from "modeshift/testing";
 * const cases = busContract(async () => {
 *   const bus = memoryBus();
 *   return {
 *     bus,
 *     send: async (fields) => bus.send(fields),
 *     events: async () => [],
 *     state: async () => bus.state,
 *     result: async (id) => bus.result(id),
 *     deadLetters: async () => bus.deadLetters.map(({ reason }) => reason),
 *     dispose: async () => {},
 *   };
 * });
 * await cases[0].run();
 * ```
 */
export function busContract(create: () => Promise<BusHarness>): readonly BusContractCase[] {
  return Object.entries(sentences).map(([name, check]) => ({
    name,
    run: async () => {
      const harness = await create();
      const player = new Player(harness);
      try {
        await check(player, harness);
      } finally {
        await player.close();
        await harness.dispose();
      }
    },
  }));
}

type Check = (player: Player, harness: BusHarness) => Promise<void>;

const sentences: Readonly<Record<string, Check>> = {
  "a request sent before anyone reads is delivered to the first reader": async (player, harness) => {
    const id = await harness.send({ mode: "teleop", id: "early", by: "joystick", on_busy: "queue" });
    player.open();
    player.read();
    const [request] = await player.received(1);
    assert.equal(id, "early");
    assert.equal(request?.requestId, "early");
    assert.equal(request?.mode, "teleop");
    assert.equal(request?.by, "joystick");
    assert.equal(request?.onBusy, "queue");
  },
  "requests are delivered in the order sent": async (player, harness) => {
    player.open();
    player.read();
    for (const id of ["a", "b", "c"]) await harness.send({ mode: "idle", id });
    const requests = await player.received(3);
    assert.deepEqual(requests.map(idOf), ["a", "b", "c"]);
  },
  "a request without an id gets one": async (player, harness) => {
    player.open();
    player.read();
    const id = await harness.send({ mode: "idle" });
    const [request] = await player.received(1);
    assert.equal(request?.requestId, id);
  },
  "upstream's message is read as it is": async (player, harness) => {
    player.open();
    player.read();
    await harness.send({ data: '{"mode":"teleop","requested_by":"console","timestamp":1}' });
    const [request] = await player.received(1);
    assert.equal(request?.mode, "teleop");
    assert.equal(request?.by, "console");
  },
  "I7: a request that is sent again while it is in hand is delivered once": async (player, harness) => {
    player.open();
    player.read();
    for (const id of ["twice", "twice", "last"]) await harness.send({ mode: "idle", id });
    await player.until(() => player.requests.some(({ requestId }) => requestId === "last"));
    assert.deepEqual(player.requests.map(idOf), ["twice", "last"]);
  },
  "I7: a request that is sent again after its answer is not delivered": async (player, harness) => {
    player.open();
    player.read();
    await harness.send({ mode: "idle", id: "done" });
    await player.received(1);
    player.answer("done", "idle");
    await player.until(async () => (await harness.result("done")) !== undefined);
    await harness.send({ mode: "idle", id: "done" });
    await harness.send({ mode: "idle", id: "next" });
    const requests = await player.received(2);
    assert.deepEqual(requests.map(idOf), ["done", "next"]);
  },
  "an id that is used again for another mode goes to the dead letters": async (player, harness) => {
    player.open();
    player.read();
    await harness.send({ mode: "idle", id: "mine" });
    await player.received(1);
    await harness.send({ mode: "teleop", id: "mine" });
    await player.until(async () => (await harness.deadLetters()).includes("ID_REUSED"));
    assert.equal(player.requests.length, 1);
  },
  "a malformed message with a readable id is answered rejected": async (player, harness) => {
    player.open();
    player.read();
    await harness.send({ id: "bad", mode: "teleop", on_busy: "push" });
    await player.until(async () => (await harness.result("bad")) !== undefined);
    const result = await harness.result("bad");
    assert.equal(result?.outcome, "rejected");
    assert.equal(result?.reason?.code, "MALFORMED");
    assert.equal((await harness.deadLetters()).length, 1);
    assert.equal(player.requests.length, 0);
  },
  "a malformed message without an id is a dead letter with a reason": async (player, harness) => {
    player.open();
    player.read();
    await harness.send({ data: "{" });
    await player.until(async () => (await harness.deadLetters()).length === 1);
    assert.match((await harness.deadLetters())[0] ?? "", /JSON/);
    assert.equal((await harness.events()).length, 0);
  },
  "what is replaced inside one batch is delivered as superseded, in order": async (player, harness) => {
    for (const [id, mode] of [
      ["a", "teleop"],
      ["b", "autonomous"],
      ["c", "idle"],
    ] as const) {
      await harness.send({ id, mode });
    }
    player.open();
    player.read();
    const requests = await player.received(3);
    assert.deepEqual(
      requests.map((request) => [request.requestId, request.supersededBy?.id]),
      [
        ["a", "b"],
        ["b", "c"],
        ["c", undefined],
      ],
    );
  },
  "a request that queues replaces nothing": async (player, harness) => {
    await harness.send({ id: "a", mode: "teleop" });
    await harness.send({ id: "b", mode: "autonomous", on_busy: "queue" });
    player.open();
    player.read();
    const requests = await player.received(2);
    assert.deepEqual(
      requests.map(({ supersededBy }) => supersededBy),
      [undefined, undefined],
    );
  },
  "I9: an urgent request replaces what was sent before it and has no deadline": async (player, harness) => {
    await harness.send({ id: "a", mode: "teleop", on_busy: "queue" });
    await harness.send({ id: "b", mode: "safe", deadline: "1" });
    player.open();
    player.read();
    const requests = await player.received(2);
    const [first, urgent] = [requests.find(isNamed("a")), requests.find(isNamed("b"))];
    assert.deepEqual(first?.supersededBy, { id: "b", mode: "safe" });
    assert.equal(urgent?.deadline, undefined);
    assert.equal(urgent?.supersededBy, undefined);
  },
  "I11: a deadline comes on the manager's clock": async (player, harness) => {
    player.open();
    player.read();
    await harness.send({ id: "late", mode: "idle", deadline: "1000" });
    await harness.send({ id: "soon", mode: "idle", ttl: "60000" });
    const requests = await player.received(2);
    const now = systemClock.now();
    const [late, soon] = [requests.find(isNamed("late")), requests.find(isNamed("soon"))];
    assert.ok(late?.deadline !== undefined && late.deadline < now);
    assert.ok(soon?.deadline !== undefined && soon.deadline > now && soon.deadline <= now + 60_000);
  },
  "I16: events are numbered without holes in the order published": async (player, harness) => {
    player.open();
    for (const mode of ["idle", "teleop", "safe"]) player.tell(acceptance(mode));
    await player.until(async () => (await harness.events()).length === 3);
    const events = await harness.events();
    const first = events[0]?.seq ?? Number.NaN;
    assert.deepEqual(
      events.map(({ seq }) => seq - first),
      [0, 1, 2],
    );
    assert.deepEqual(
      events.map(({ id }) => id),
      ["idle", "teleop", "safe"],
    );
  },
  "I16: the state is the one of the last publication": async (player, harness) => {
    player.open();
    player.tell(acceptance("teleop"), { mode: "teleop", waiting: ["x"] });
    await player.until(async () => (await harness.state())?.mode === "teleop");
    const state = await harness.state();
    assert.deepEqual(state?.waiting, ["x"]);
    assert.deepEqual([...(state?.nodes.keys() ?? [])], ["drive"]);
  },
  "I7: a result can be read by its id and is told once": async (player, harness) => {
    player.open();
    player.read();
    await harness.send({ mode: "teleop", id: "once" });
    await player.received(1);
    player.answer("once", "teleop");
    player.answer("once", "teleop");
    player.tell(acceptance("after"));
    await player.until(async () => (await harness.events()).some(({ id }) => id === "after"));
    const results = (await harness.events()).filter(({ type }) => type === "result");
    assert.equal(results.length, 1);
    assert.equal((await harness.result("once"))?.requestedMode, "teleop");
  },
  "a result of a request that came by another door is told too": async (player, harness) => {
    player.open();
    player.answer("local", "idle");
    await player.until(async () => (await harness.result("local")) !== undefined);
    assert.equal((await harness.result("local"))?.outcome, "changed");
  },
  "unsubscribing leaves unread requests for the next reader": async (player, harness) => {
    player.open();
    player.read();
    await harness.send({ mode: "idle", id: "one" });
    await player.received(1);
    player.stopReading();
    await harness.send({ mode: "idle", id: "two" });
    player.read();
    const requests = await player.received(2);
    assert.deepEqual(requests.map(idOf), ["one", "two"]);
  },
  "health is told on subscription and completes on close": async (player, harness) => {
    player.open();
    await player.until(() => player.health.at(-1)?.status === "connected");
    await harness.bus.close();
    assert.equal(player.healthEnded, true);
    await harness.bus.close();
  },
  "publishing after close is nobody's loss": async (player, harness) => {
    player.open();
    await harness.bus.close();
    player.answer("too-late", "idle");
    assert.equal(await harness.result("too-late"), undefined);
  },
  "opening twice is refused": async (player) => {
    player.open();
    assert.throws(() => player.open(), { code: "BAD_OPTION" });
  },
  "I7: what was published before close is written, and what was not answered is the successor's": async (
    player,
    harness,
  ) => {
    if (harness.successor === undefined) return;
    player.open();
    player.read();
    for (const id of ["answered", "open"]) await harness.send({ mode: "idle", id, on_busy: "queue" });
    await player.received(2);
    player.answer("answered", "idle");
    await harness.bus.close();
    const next = new Player({ ...harness, bus: harness.successor() });
    next.open();
    next.read();
    const requests = await next.received(1);
    assert.deepEqual(requests.map(idOf), ["open"]);
    assert.notEqual(await harness.result("answered"), undefined);
    await next.close();
  },
};
