/**
 * The supervisor contract's sentences about operations that meet: per node one queue, and the newest wish wins.
 */
import assert from "node:assert/strict";
import { contractNode, type SupervisorCase } from "./supervisor-case.ts";

/** By sentence. */
export const supervisorQueueCases: Readonly<Record<string, SupervisorCase>> = {
  "a stop during the start supersedes it": {
    nodes: [contractNode("node", "never_ready")],
    play: async (player, { lives }) => {
      const start = player.codeOf(player.supervisor.start("node"));
      await player.until(() => lives("node"));
      await player.stop("node");
      assert.equal(await start, "SUPERSEDED");
      assert.equal(player.statusOf("node").state, "stopped");
      assert.equal(lives("node"), false);
    },
  },
  "a stop in the same turn as the start leaves nothing running": {
    nodes: [contractNode("node", "steady")],
    play: async (player, { lives }) => {
      const start = player.codeOf(player.supervisor.start("node"));
      await player.stop("node");
      assert.equal(await start, "SUPERSEDED");
      assert.equal(player.statusOf("node").state, "stopped");
      assert.equal(lives("node"), false);
    },
  },
  "a start during the stop comes after it, as a new generation": {
    nodes: [contractNode("node", "slow_stop")],
    play: async (player) => {
      await player.start("node");
      const stop = player.wait(player.supervisor.stop("node"));
      const start = player.start("node");
      await Promise.all([stop, start]);
      assert.deepEqual(player.statesOf("node"), [
        "starting",
        "ready",
        "stopping",
        "stopped",
        "starting",
        "ready",
      ]);
      assert.equal(player.statusOf("node").generation, 2);
    },
  },
  "a stop supersedes the start that waits behind another stop": {
    nodes: [contractNode("node", "slow_stop")],
    play: async (player) => {
      await player.start("node");
      const first = player.wait(player.supervisor.stop("node"));
      const start = player.codeOf(player.supervisor.start("node"));
      const second = player.wait(player.supervisor.stop("node"));
      assert.equal(await start, "SUPERSEDED");
      await Promise.all([first, second]);
      assert.equal(player.statusOf("node").state, "stopped");
      assert.equal(player.statusOf("node").generation, 1);
    },
  },
  "ten quick flips from start to stop end as the last one says": {
    nodes: [contractNode("node", "steady")],
    play: async (player, { lives }) => {
      const ended: Promise<string | null>[] = [];
      for (let flip = 0; flip < 10; flip++) {
        ended.push(player.codeOf(player.supervisor.start("node")));
        ended.push(player.codeOf(player.supervisor.stop("node")));
      }
      const last = player.start("node");
      const codes = await Promise.all(ended);
      await last;
      assert.deepEqual(new Set(codes), new Set([null, "SUPERSEDED"]));
      assert.equal(player.statusOf("node").state, "ready");
      assert.equal(lives("node"), true);
    },
  },
  "ten full turns of start and stop leave nothing behind": {
    nodes: [contractNode("node", "steady")],
    play: async (player, { lives }) => {
      for (let turn = 1; turn <= 10; turn++) {
        await player.start("node");
        assert.equal(player.statusOf("node").generation, turn);
        await player.stop("node");
        assert.equal(lives("node"), false);
      }
    },
  },
  "a start joins the restart that is under way": {
    nodes: [
      contractNode("node", "slow_start", {
        restart: { policy: "always", max: 5, windowMs: 60_000, backoffMs: 10, maxBackoffMs: 10 },
      }),
    ],
    play: async (player, { crash }) => {
      await player.start("node");
      crash("node");
      await player.until(
        () => player.statusOf("node").generation === 2 && player.statusOf("node").state === "starting",
      );
      await player.start("node");
      assert.equal(player.statusOf("node").generation, 2);
      assert.equal(player.statusOf("node").restarts, 1);
    },
  },
  "who asks for a start on being told of the end is given the new start, not the old end": {
    nodes: [contractNode("node", "steady")],
    play: async (player, { crash }) => {
      await player.start("node");
      let again: Promise<string | null> | undefined;
      player.supervisor.events$.subscribe(({ status }) => {
        if (status.state === "stopped") again ??= player.codeOf(player.supervisor.start("node"));
      });
      crash("node");
      await player.until(() => player.statusOf("node").generation === 2);
      assert.equal(await again, null);
      assert.equal(player.statusOf("node").state, "ready");
    },
  },
  "nodes never wait for each other": {
    nodes: [contractNode("stuck", "never_ready"), contractNode("node", "steady")],
    play: async (player) => {
      const stuck = player.codeOf(player.supervisor.start("stuck"));
      await player.start("node");
      await player.stop("node");
      assert.equal(player.statusOf("stuck").state, "starting");
      await player.stop("stuck");
      assert.equal(await stuck, "SUPERSEDED");
    },
  },
  "I10: every event carries its generation, and generations only grow": {
    nodes: [contractNode("node", "steady")],
    play: async (player) => {
      for (let turn = 0; turn < 3; turn++) {
        await player.start("node");
        await player.stop("node");
      }
      const generations = player.events.map(({ status }) => status.generation);
      assert.deepEqual(
        generations,
        [...generations].sort((a, b) => a - b),
      );
      assert.deepEqual(new Set(generations), new Set([1, 2, 3]));
    },
  },
};
