/**
 * The supervisor contract's sentences about ends: stops, crashes, restarts and giving up.
 */
import assert from "node:assert/strict";
import type { RestartPolicy } from "../modes/catalogue.ts";
import { contractNode, type SupervisorCase } from "./supervisor-case.ts";

const restart: RestartPolicy = {
  policy: "on_failure",
  max: 2,
  windowMs: 60_000,
  backoffMs: 20,
  maxBackoffMs: 40,
};
const slowRestart: RestartPolicy = { ...restart, backoffMs: 60_000, maxBackoffMs: 60_000 };

/** By sentence. */
export const supervisorEndingCases: Readonly<Record<string, SupervisorCase>> = {
  "a stop resolves when nothing of the node lives": {
    nodes: [contractNode("slow", "slow_stop")],
    play: async (player, { lives }) => {
      await player.start("slow");
      await player.stop("slow");
      assert.equal(lives("slow"), false);
      assert.deepEqual(player.statesOf("slow"), ["starting", "ready", "stopping", "stopped"]);
    },
  },
  "stopping twice stops once": {
    nodes: [contractNode("twice", "slow_stop")],
    play: async (player) => {
      await player.start("twice");
      await player.stop("twice", "twice");
      await player.stop("twice");
      assert.deepEqual(player.statesOf("twice"), ["starting", "ready", "stopping", "stopped"]);
    },
  },
  "a node that ignores the stop signal is killed after stop_timeout": {
    nodes: [contractNode("deaf", "ignores_stop", { stopTimeoutMs: 100 })],
    play: async (player, { lives }) => {
      await player.start("deaf");
      await player.stop("deaf");
      assert.equal(lives("deaf"), false);
    },
  },
  "force ends a node at once, also when a gentler stop is under way": {
    nodes: [contractNode("deaf", "ignores_stop")],
    play: async (player, { lives, clock }) => {
      await player.start("deaf");
      const begun = clock.now();
      const gentle = player.supervisor.stop("deaf");
      await player.wait(player.supervisor.stop("deaf", { force: true }));
      await player.wait(gentle);
      assert.equal(lives("deaf"), false);
      assert.ok(clock.now() - begun < 10_000);
    },
  },
  "a node takes what it has forked with it, whatever group that is in": {
    nodes: [contractNode("parent", "leaves_daemon")],
    play: async (player, { lives }) => {
      await player.start("parent");
      await player.stop("parent");
      assert.equal(lives("parent"), false);
    },
  },
  "the abort of a stop ends the wait only": {
    nodes: [contractNode("slow", "slow_stop")],
    play: async (player, { lives }) => {
      await player.start("slow");
      const abort = new AbortController();
      const stop = player.supervisor.stop("slow", { signal: abort.signal });
      abort.abort();
      assert.equal(await player.codeOf(stop), "ABORTED");
      await player.untilState("slow", "stopped");
      assert.equal(lives("slow"), false);
    },
  },
  "a stop whose deadline passes rejects ABORTED and goes on": {
    nodes: [contractNode("deaf", "ignores_stop", { stopTimeoutMs: 300 })],
    play: async (player, { clock }) => {
      await player.start("deaf");
      const stop = player.supervisor.stop("deaf", { deadline: clock.now() + 50 });
      assert.equal(await player.codeOf(stop), "ABORTED");
      assert.equal(player.statusOf("deaf").state, "stopping");
      await player.untilState("deaf", "stopped");
    },
  },
  "a node that is killed from outside is seen to end": {
    nodes: [contractNode("victim", "steady")],
    play: async (player, { crash }) => {
      await player.start("victim");
      crash("victim");
      await player.untilState("victim", "stopped");
      const { generation, gaveUp } = player.statusOf("victim");
      assert.equal(generation, 1);
      assert.equal(gaveUp, true);
      await player.stop("victim");
    },
  },
  "I20: a node that crashes is restarted by its policy, and given up after max restarts": {
    nodes: [contractNode("weak", "crashes", { restart })],
    play: async (player) => {
      await player.start("weak");
      await player.untilState("weak", "stopped");
      const status = player.statusOf("weak");
      assert.equal(status.generation, 3);
      assert.equal(status.restarts, 2);
      assert.equal(status.gaveUp, true);
      const life = ["starting", "ready"] as const;
      assert.deepEqual(
        player.statesOf("weak").filter((state) => state !== "stopping"),
        [...life, "backoff", ...life, "backoff", ...life, "stopped"],
      );
    },
  },
  "a requested start after giving up begins with a clean record": {
    nodes: [contractNode("weak", "crashes", { restart: { ...restart, max: 0 } })],
    play: async (player) => {
      await player.start("weak");
      await player.until(() => player.statusOf("weak").gaveUp === true);
      await player.start("weak");
      const ready = player.events.filter(({ status }) => status.state === "ready");
      assert.deepEqual(
        ready.map(({ status }) => [status.generation, status.gaveUp, status.restarts]),
        [
          [1, undefined, 0],
          [2, undefined, 0],
        ],
      );
    },
  },
  "I20: a stop in backoff wins at once and turns the policy off": {
    nodes: [contractNode("weak", "crashes", { restart: slowRestart })],
    play: async (player) => {
      await player.start("weak");
      await player.untilState("weak", "backoff");
      assert.ok((player.statusOf("weak").restartAt ?? 0) > 0);
      await player.stop("weak");
      assert.equal(player.statesOf("weak").at(-1), "stopped");
    },
  },
  "a start in backoff starts at once": {
    nodes: [contractNode("weak", "crashes", { restart: slowRestart })],
    play: async (player) => {
      await player.start("weak");
      await player.untilState("weak", "backoff");
      await player.start("weak");
      assert.equal(player.statusOf("weak").generation, 2);
      assert.equal(player.statusOf("weak").restarts, 0);
    },
  },
  "I20: an end before the first ready is no matter of the policy": {
    nodes: [contractNode("early", "exits_early", { restart: { ...restart, policy: "always" } })],
    play: async (player) => {
      assert.equal(await player.codeOf(player.supervisor.start("early")), "NODE_EXITED");
      assert.deepEqual(player.statesOf("early").at(-1), "stopped");
      assert.equal(player.statusOf("early").gaveUp, undefined);
    },
  },
  "killAll ends every node at once": {
    nodes: [contractNode("deaf", "ignores_stop"), contractNode("steady", "steady")],
    play: async (player, { lives }) => {
      await player.start("deaf", "steady");
      player.supervisor.killAll();
      await player.untilState("deaf", "stopped");
      await player.untilState("steady", "stopped");
      assert.equal(lives("deaf") || lives("steady"), false);
    },
  },
  "close ends what still runs, completes the events, and may be called twice": {
    nodes: [contractNode("forgotten", "steady")],
    play: async (player, { lives }) => {
      await player.start("forgotten");
      await player.wait(player.supervisor.close());
      await player.wait(player.supervisor.close());
      assert.equal(lives("forgotten"), false);
      assert.equal(player.completed, true);
    },
  },
};
