/**
 * The bus contract's sentences about requests: which are delivered, in which order, and which are not.
 */
import assert from "node:assert/strict";
import { systemClock } from "../clock.ts";
import type { ModeRequest } from "../modes/request.ts";
import type { BusCheck } from "./bus-harness.ts";

const idOf = ({ requestId }: ModeRequest): string => requestId;
const isNamed =
  (id: string) =>
  ({ requestId }: ModeRequest): boolean =>
    requestId === id;

/** By sentence. */
export const busDeliveryCases: Readonly<Record<string, BusCheck>> = {
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
    await harness.send({ id: "bad", mode: "teleop", on_busy: "push", by: "ui" });
    await player.until(async () => (await harness.result("bad")) !== undefined);
    const result = await harness.result("bad");
    assert.equal(result?.outcome, "rejected");
    assert.equal(result?.reason?.code, "MALFORMED");
    assert.equal(result?.by, "ui");
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
};
