/**
 * The bus contract's sentences about what a manager tells: events, state, results, health, and the end.
 */
import assert from "node:assert/strict";
import type { BusCheck } from "./bus-harness.ts";
import { acceptance, BusPlayer } from "./bus-player.ts";

/** By sentence. */
export const busTellingCases: Readonly<Record<string, BusCheck>> = {
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
  "I16: a node's event and its entry in the state say when its process was started": async (
    player,
    harness,
  ) => {
    player.open();
    const status = {
      state: "starting",
      generation: 2,
      pid: 7,
      since: 1_000,
      spawnedAt: 1_002,
      restarts: 0,
    } as const;
    const data = { node: "drive", ...status, exit: null, gaveUp: false, cause: "asked to start" };
    player.tell({ type: "node", id: "", at: 1_000, data }, { nodes: new Map([["drive", status]]) });
    await player.until(async () => (await harness.events()).length === 1);
    assert.deepEqual((await harness.events())[0]?.data, data);
    assert.deepEqual((await harness.state())?.nodes.get("drive"), status);
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
    assert.deepEqual(
      requests.map(({ requestId }) => requestId),
      ["one", "two"],
    );
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
    const next = new BusPlayer(harness.successor());
    next.open();
    next.read();
    const requests = await next.received(1);
    assert.deepEqual(
      requests.map(({ requestId }) => requestId),
      ["open"],
    );
    assert.notEqual(await harness.result("answered"), undefined);
    await next.close();
  },
};
