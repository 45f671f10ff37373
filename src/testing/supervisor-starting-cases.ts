/**
 * The supervisor contract's sentences about starts: when they resolve, why they fail, and what is true afterwards.
 */
import assert from "node:assert/strict";
import { contractNode, type SupervisorCase } from "./supervisor-case.ts";

const fiftyNodes = Array.from({ length: 50 }, (_, index) => contractNode(`node-${index}`, "steady"));

/** By sentence. */
export const supervisorStartingCases: Readonly<Record<string, SupervisorCase>> = {
  "a start resolves when the node is ready, and its event came before": {
    nodes: [contractNode("slow", "slow_start")],
    play: async (player, { lives }) => {
      await player.start("slow");
      assert.deepEqual(player.statesOf("slow"), ["starting", "ready"]);
      assert.equal(player.statusOf("slow").state, "ready");
      assert.equal(lives("slow"), true);
    },
  },
  "the status says when the process was started, before it is ready and in each event from then on": {
    nodes: [contractNode("slow", "slow_start")],
    play: async (player) => {
      const start = player.supervisor.start("slow");
      assert.equal(player.statusOf("slow").spawnedAt, undefined);
      await player.until(() => player.statusOf("slow").spawnedAt !== undefined);
      const { state, since, spawnedAt = 0 } = player.statusOf("slow");
      assert.equal(state, "starting");
      assert.ok(since <= spawnedAt && spawnedAt <= Date.now());
      await player.wait(start);
      await player.stop("slow");
      const times = player.events.map(({ status }) => status.spawnedAt);
      assert.deepEqual(times, [undefined, spawnedAt, spawnedAt, spawnedAt]);
      const again = player.codeOf(player.supervisor.start("slow"));
      assert.equal(player.statusOf("slow").spawnedAt, undefined);
      await player.stop("slow");
      assert.equal(await again, "SUPERSEDED");
    },
  },
  "a node that was never started is there, stopped, in generation 0": {
    nodes: [contractNode("idle", "steady")],
    play: async (player) => {
      assert.equal(player.statusOf("idle").state, "stopped");
      assert.equal(player.statusOf("idle").generation, 0);
      assert.notEqual(player.supervisor.running(), player.supervisor.running());
    },
  },
  "starting twice starts once": {
    nodes: [contractNode("twice", "slow_start")],
    play: async (player) => {
      await player.start("twice", "twice");
      await player.start("twice");
      assert.deepEqual(player.statesOf("twice"), ["starting", "ready"]);
      assert.equal(player.statusOf("twice").generation, 1);
    },
  },
  "a node that cannot be started rejects with the reason, and the others run": {
    nodes: [contractNode("missing", "missing"), contractNode("other", "steady")],
    play: async (player) => {
      const others = player.start("other");
      const code = await player.codeOf(player.supervisor.start("missing"));
      await others;
      assert.notEqual(code, null);
      assert.equal(player.statusOf("missing").state, "stopped");
      assert.equal(player.statusOf("other").state, "ready");
    },
  },
  "a node that ends before it is ready rejects NODE_EXITED with its exit": {
    nodes: [contractNode("early", "exits_early")],
    play: async (player, { lives }) => {
      assert.equal(await player.codeOf(player.supervisor.start("early")), "NODE_EXITED");
      assert.equal(player.statusOf("early").state, "stopped");
      assert.equal(player.statusOf("early").exit?.code, 3);
      assert.equal(lives("early"), false);
    },
  },
  "a node that is not ready in time rejects NODE_READY_TIMEOUT and is stopped again": {
    nodes: [contractNode("late", "never_ready", { startTimeoutMs: 200 })],
    play: async (player, { lives }) => {
      assert.equal(await player.codeOf(player.supervisor.start("late")), "NODE_READY_TIMEOUT");
      assert.equal(player.statusOf("late").state, "stopped");
      assert.equal(lives("late"), false);
    },
  },
  "the abort of a start stops the node and rejects ABORTED": {
    nodes: [contractNode("unwanted", "never_ready")],
    play: async (player, { lives }) => {
      const abort = new AbortController();
      const start = player.supervisor.start("unwanted", { signal: abort.signal });
      await player.until(() => lives("unwanted"));
      abort.abort();
      assert.equal(await player.codeOf(start), "ABORTED");
      await player.untilState("unwanted", "stopped");
      assert.equal(lives("unwanted"), false);
    },
  },
  "a start whose deadline passes rejects ABORTED and the node is stopped": {
    nodes: [contractNode("late", "never_ready")],
    play: async (player, { lives, clock }) => {
      const deadline = clock.now() + 200;
      assert.equal(await player.codeOf(player.supervisor.start("late", { deadline })), "ABORTED");
      await player.untilState("late", "stopped");
      assert.equal(lives("late"), false);
    },
  },
  "a start that was aborted before it began starts nothing": {
    nodes: [contractNode("never", "steady")],
    play: async (player) => {
      const start = player.supervisor.start("never", { signal: AbortSignal.abort() });
      assert.equal(await player.codeOf(start), "ABORTED");
      assert.equal(player.statusOf("never").generation, 0);
    },
  },
  "an oneshot's start resolves when it is done": {
    nodes: [contractNode("once", "succeeds", { oneshot: true })],
    play: async (player, { lives }) => {
      await player.start("once");
      assert.equal(player.statusOf("once").state, "done");
      assert.equal(lives("once"), false);
      await player.stop("once");
      assert.equal(player.statusOf("once").state, "stopped");
      await player.start("once");
      assert.equal(player.statusOf("once").generation, 2);
    },
  },
  "an oneshot that fails rejects NODE_EXITED": {
    nodes: [contractNode("once", "exits_early", { oneshot: true })],
    play: async (player) => {
      assert.equal(await player.codeOf(player.supervisor.start("once")), "NODE_EXITED");
      assert.equal(player.statusOf("once").state, "stopped");
    },
  },
  "fifty nodes start and stop in parallel": {
    nodes: fiftyNodes,
    play: async (player, { lives }) => {
      const names = fiftyNodes.map(({ spec }) => spec.name);
      await player.start(...names);
      assert.deepEqual(new Set(names.map((name) => player.statusOf(name).state)), new Set(["ready"]));
      await player.stop(...names);
      assert.deepEqual(
        names.filter((name) => lives(name)),
        [],
      );
    },
  },
  "I12: a start is refused CONFLICT_RUNNING while a conflicting node runs": {
    nodes: [
      contractNode("camera", "steady", { conflicts: ["calibration"] }),
      contractNode("calibration", "steady", { conflicts: ["camera"] }),
    ],
    play: async (player) => {
      await player.start("camera");
      const refused = player.supervisor.start("calibration");
      assert.equal(await player.codeOf(refused), "CONFLICT_RUNNING");
      assert.equal(player.statusOf("calibration").state, "stopped");
      await player.stop("camera");
      await player.start("calibration");
      assert.equal(player.statusOf("calibration").state, "ready");
    },
  },
  "I12: of two conflicting nodes started at once exactly one runs": {
    nodes: [
      contractNode("camera", "steady", { conflicts: ["calibration"] }),
      contractNode("calibration", "steady", { conflicts: ["camera"] }),
    ],
    play: async (player) => {
      const codes = await Promise.all(
        ["camera", "calibration"].map((node) => player.codeOf(player.supervisor.start(node))),
      );
      assert.deepEqual(codes, [null, "CONFLICT_RUNNING"]);
    },
  },
  "a node that nobody has heard of is refused NODE_UNKNOWN": {
    nodes: [contractNode("known", "steady")],
    play: async (player) => {
      assert.equal(await player.codeOf(player.supervisor.start("unknown")), "NODE_UNKNOWN");
      assert.equal(await player.codeOf(player.supervisor.stop("unknown")), "NODE_UNKNOWN");
    },
  },
};
