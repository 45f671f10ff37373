/**
 * Random starts, stops, crashes, hangs and aborts, played to a real supervisor without waiting, and what must be true of
 * it meanwhile and when all has settled. The model knows of each node only what was wished last; the rest is the
 * contract of supervisor.ts: no lie about what runs, nothing left, nobody left waiting.
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { NodeState } from "../../src/modes/observation.ts";
import type { SupervisorEvent } from "../../src/supervisor/supervisor.ts";
import { contractNode } from "../../src/testing/supervisor-case.ts";
import type { ContractNode, SupervisorHarness } from "../../src/testing/supervisor-harness.ts";
import { SupervisorPlayer } from "../../src/testing/supervisor-player.ts";

/** One move; `afterMs` is waited before it. */
export interface Step {
  readonly node: string;
  readonly move: "start" | "stop" | "force" | "crash" | "hang" | "abort";
  readonly afterMs: number;
}

const stopping = { stopTimeoutMs: 40 };
const always = { policy: "always", max: 1000, windowMs: 1000, backoffMs: 5, maxBackoffMs: 10 } as const;

/** What is played with. `left` and `right` conflict. */
export const randomNodes: readonly ContractNode[] = [
  contractNode("left", "steady", { conflicts: ["right"], ...stopping }),
  contractNode("right", "slow_stop", { conflicts: ["left"], ...stopping, stopTimeoutMs: 1000 }),
  contractNode("phoenix", "steady", { restart: always, ...stopping }),
  contractNode("slow", "slow_start", stopping),
  contractNode("deaf", "ignores_stop", stopping),
  contractNode("parent", "leaves_daemon", stopping),
  contractNode("mute", "never_ready", { startTimeoutMs: 60, ...stopping }),
];

/** Sequences of moves. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    node: fc.constantFrom(...randomNodes.map(({ spec }) => spec.name)),
    move: fc.oneof(
      { weight: 5, arbitrary: fc.constant("start" as const) },
      { weight: 3, arbitrary: fc.constant("stop" as const) },
      { weight: 3, arbitrary: fc.constantFrom("force", "crash", "hang", "abort") },
    ),
    afterMs: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(40)),
  }),
  { minLength: 10, maxLength: 40 },
);

interface Wish {
  up: boolean;
  /** Something happened after the last start that may undo it. */
  disturbed: boolean;
  /** Aborts to come: one that stops the node takes the starts that joined with it. */
  aborts: number;
  answer: Promise<string | null>;
}

/** Plays them. @throws when something is not as it must be */
export async function playRandomly(
  sequence: readonly Step[],
  harness: SupervisorHarness,
  hang: (node: string) => void,
): Promise<void> {
  const player = new SupervisorPlayer(harness);
  const nothing = (): Wish => ({ up: false, disturbed: false, aborts: 0, answer: Promise.resolve(null) });
  const wishes = new Map([...harness.nodes.keys()].map((name) => [name, nothing()]));
  const stops: Promise<string | null>[] = [];
  try {
    await player.open();
    for (const step of sequence) {
      if (step.afterMs > 0) await harness.pass(step.afterMs);
      const wish = wishes.get(step.node);
      assert.ok(wish);
      make(step, wish, stops, { player, harness, hang });
    }
    assert.deepEqual(
      [...new Set(await player.wait(Promise.all(stops)))].filter(Boolean),
      [],
      "a stop failed",
    );
    for (const [node, wish] of wishes) await judge(node, wish, player, harness);
    judgeEvents(player.events, harness);
    assert.deepEqual(player.contradictions, []);
  } finally {
    await player.close();
    await harness.dispose();
  }
  const left = [...harness.nodes.keys()].filter((node) => harness.lives(node));
  assert.deepEqual(left, [], "these live on after close()");
}

interface Table {
  readonly player: SupervisorPlayer;
  readonly harness: SupervisorHarness;
  readonly hang: (node: string) => void;
}

function make({ node, move }: Step, wish: Wish, stops: Promise<string | null>[], table: Table): void {
  const { player, harness, hang } = table;
  const { supervisor } = player;
  const isReady = player.statusOf(node).state === "ready";
  if (move === "start" || move === "abort") {
    const abort = new AbortController();
    // A start that finds the node ready changes nothing, an unseen crash included.
    if (!isReady) wish.disturbed = wish.aborts > 0;
    if (move === "abort") abortSoon(wish, abort);
    wish.up = true;
    wish.answer = player.codeOf(supervisor.start(node, { signal: abort.signal }));
  } else if (move === "stop" || move === "force") {
    wish.up = false;
    stops.push(player.codeOf(supervisor.stop(node, { force: move === "force" })));
  } else if (isReady) {
    if (move === "hang") hang(node);
    else {
      harness.crash(node);
      wish.disturbed = true;
    }
  }
}

function abortSoon(wish: Wish, abort: AbortController): void {
  wish.disturbed = true;
  wish.aborts += 1;
  setTimeout(() => {
    abort.abort();
    wish.aborts -= 1;
  }, 15);
}

const mayFail = new Map([
  ["left", ["CONFLICT_RUNNING"]],
  ["right", ["CONFLICT_RUNNING"]],
  ["mute", ["NODE_READY_TIMEOUT"]],
]);

async function judge(
  node: string,
  { up, disturbed, answer }: Wish,
  player: SupervisorPlayer,
  { lives }: SupervisorHarness,
): Promise<void> {
  const code = await player.wait(answer);
  const isSettled = (): boolean => ["ready", "stopped"].includes(player.statusOf(node).state);
  // A crash is seen a moment later.
  await player.until(
    () => isSettled() && (!disturbed || lives(node) === (player.statusOf(node).state === "ready")),
  );
  const { state } = player.statusOf(node);
  const story = `${node}: ${player.statesOf(node).join(" ")}; wished ${up ? "up" : "down"}, start: ${code}`;
  assert.equal(lives(node), state === "ready", `what lives is not what is said: ${story}`);
  if (!up) assert.equal(state, "stopped", story);
  else if (!disturbed) {
    assert.equal(state, code === null ? "ready" : "stopped", story);
    assert.ok(code === null || mayFail.get(node)?.includes(code) === true, story);
  }
}

const next: Readonly<Record<NodeState, readonly NodeState[]>> = {
  stopped: ["starting"],
  starting: ["ready", "stopping", "stopped", "backoff"],
  ready: ["stopping", "stopped", "backoff"],
  stopping: ["stopped", "backoff"],
  backoff: ["starting", "stopped"],
  stuck: [],
  done: [],
};

/** I10, I12: every node goes from state to state by the rules, with ever newer generations, never beside its rival. */
function judgeEvents(events: readonly SupervisorEvent[], { nodes }: SupervisorHarness): void {
  const now = new Map<string, { state: NodeState; generation: number }>();
  for (const { node, status } of events) {
    const before = now.get(node) ?? { state: "stopped", generation: 0 };
    assert.ok(
      next[before.state].includes(status.state),
      `${node} went from ${before.state} to ${status.state}`,
    );
    const generation = before.generation + (status.state === "starting" ? 1 : 0);
    assert.equal(status.generation, generation, `${node} ${status.state}`);
    now.set(node, status);
    const holds = (name: string): boolean =>
      ["ready", "stopping"].includes(now.get(name)?.state ?? "stopped");
    const rivals = status.state === "ready" ? (nodes.get(node)?.conflicts ?? []) : [];
    for (const rival of rivals) assert.ok(!holds(rival), `${node} is ready beside ${rival}`);
  }
}
