/**
 * One node's life as a state machine: which of the seven states it is in, which incarnation it is, and whether its
 * restart policy acts once more or gives up.
 *
 * Pure: it never spawns or signals. A supervisor feeds it what it did and saw, and acts on the states it enters
 * (starting: launch this generation; stopping: end the tree). Stop and start waits, deadlines and the queue of one node
 * are the supervisor's as well. Holds I10 (an event of an older generation changes nothing) and I20 (the policy acts
 * only after the node was up once; being stopped cancels it for good).
 */
import { assign, setup, type ActorRefFrom, type SnapshotFrom } from "xstate";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { NodeExit, NodeState } from "../modes/observation.ts";

/** What a node's machine is told. `generation`: the incarnation it speaks of; `at`: ms on the manager's clock. */
export type NodeMachineEvent =
  /** Somebody asked for it: a new incarnation with a clean record. */
  | { readonly type: "start" }
  | { readonly type: "spawned"; readonly generation: number; readonly pid?: number }
  | { readonly type: "ready"; readonly generation: number }
  /** The start went wrong and nothing runs. */
  | { readonly type: "failed"; readonly generation: number; readonly at: number }
  /** The start went wrong and has to be undone; the restart policy stays on. */
  | { readonly type: "undo"; readonly generation: number }
  /** The process has ended. `left`: it has left others behind, which have to be ended first. */
  | {
      readonly type: "exited";
      readonly generation: number;
      readonly exit: NodeExit;
      readonly left: boolean;
      readonly at: number;
    }
  /** Somebody asked for it: also turns the restart policy off. */
  | { readonly type: "stop" }
  /** Nothing of this incarnation runs any more. */
  | { readonly type: "gone"; readonly generation: number; readonly at: number }
  /** Seen to run although nobody started it here; `stuck`: and it cannot be ended. */
  | { readonly type: "found"; readonly stuck: boolean }
  /** It has survived SIGKILL. */
  | { readonly type: "stuck"; readonly generation: number };

/** What a node's machine knows. Plain JSON. */
export interface NodeMachineContext {
  readonly spec: Pick<NodeSpec, "name" | "oneshot" | "restart">;
  readonly generation: number;
  readonly pid: number | undefined;
  readonly exit: NodeExit | undefined;
  /** It was ready since the last requested start. */
  readonly wasUp: boolean;
  readonly stopAsked: boolean;
  readonly gaveUp: boolean;
  /** Restarts by policy since the last requested start. */
  readonly restarts: number;
  /** When the policy acted, ms on the manager's clock; those outside its window are forgotten. */
  readonly recentRestarts: readonly number[];
  readonly backoffMs: number;
}

const recentAt = (context: NodeMachineContext, at: number): readonly number[] =>
  context.recentRestarts.filter((time) => at - time < context.spec.restart.windowMs);

// Unasked ends: a clean exit is a failure only to `always`.
const policyActs = ({ spec, wasUp, exit }: NodeMachineContext): boolean =>
  wasUp &&
  !spec.oneshot &&
  (spec.restart.policy === "always" || (spec.restart.policy === "on_failure" && exit?.code !== 0));

const definition = setup({
  types: {
    context: {} as NodeMachineContext,
    events: {} as NodeMachineEvent,
    input: {} as Pick<NodeMachineContext, "spec">,
  },
  guards: {
    stale: ({ context, event }) => "generation" in event && event.generation !== context.generation,
    leftOthers: ({ event }) => event.type === "exited" && event.left,
    stopAsked: ({ context }) => context.stopAsked,
    oneshotDone: ({ context, event }) =>
      context.spec.oneshot && (event.type === "exited" ? event.exit : context.exit)?.code === 0,
    mayRestart: ({ context, event }) => {
      if (!("at" in event)) return false;
      const seen = event.type === "exited" ? { ...context, exit: event.exit } : context;
      return policyActs(seen) && recentAt(context, event.at).length < context.spec.restart.max;
    },
    wasUp: ({ context }) => context.wasUp,
    foundStuck: ({ event }) => event.type === "found" && event.stuck,
  },
  delays: { backoff: ({ context }) => context.backoffMs },
  actions: {
    begin: assign(({ context }) => ({
      generation: context.generation + 1,
      pid: undefined,
      exit: undefined,
      wasUp: false,
      stopAsked: false,
      gaveUp: false,
      restarts: 0,
      recentRestarts: [],
    })),
    beginAgain: assign(({ context }) => ({
      generation: context.generation + 1,
      pid: undefined,
      restarts: context.restarts + 1,
    })),
    notePid: assign({ pid: ({ event }) => (event.type === "spawned" ? event.pid : undefined) }),
    noteUp: assign({ wasUp: true }),
    noteExit: assign(({ event }) => (event.type === "exited" ? { exit: event.exit } : {})),
    noteEnd: assign({ pid: undefined }),
    cancelPolicy: assign({ stopAsked: true }),
    giveUp: assign({ gaveUp: true }),
    planRestart: assign(({ context, event }) => {
      const recent = "at" in event ? recentAt(context, event.at) : [];
      const { backoffMs, maxBackoffMs } = context.spec.restart;
      return {
        recentRestarts: "at" in event ? [...recent, event.at] : recent,
        backoffMs: Math.min(maxBackoffMs, backoffMs * 2 ** recent.length),
      };
    }),
  },
});

const stale = { guard: "stale" } as const;
const atTheEnd = [
  { guard: "stopAsked", target: "stopped", actions: ["noteExit", "noteEnd"] },
  { guard: "oneshotDone", target: "done", actions: ["noteExit", "noteEnd"] },
  { guard: "mayRestart", target: "backoff", actions: ["noteExit", "noteEnd", "planRestart"] },
  { guard: "wasUp", target: "stopped", actions: ["noteExit", "noteEnd", "giveUp"] },
  { target: "stopped", actions: ["noteExit", "noteEnd"] },
] as const;
const leftOthers = { guard: "leftOthers", target: "stopping", actions: ["noteExit", "noteEnd"] } as const;
const whenFound = [
  { guard: "foundStuck", target: "stuck", actions: ["begin", "cancelPolicy"] },
  { target: "ready", actions: ["begin", "noteUp"] },
] as const;
const asked = { target: "stopping", actions: "cancelPolicy" } as const;

/** The node machine. State values are {@link NodeState}; `context` is {@link NodeMachineContext}. */
export const nodeMachine = definition.createMachine({
  id: "node",
  context: ({ input }) => ({
    spec: input.spec,
    generation: 0,
    pid: undefined,
    exit: undefined,
    wasUp: false,
    stopAsked: false,
    gaveUp: false,
    restarts: 0,
    recentRestarts: [],
    backoffMs: 0,
  }),
  initial: "stopped",
  states: {
    stopped: { on: { start: { target: "starting", actions: "begin" }, found: whenFound } },
    starting: {
      on: {
        spawned: [stale, { actions: "notePid" }],
        ready: [stale, { target: "ready", actions: "noteUp" }],
        failed: [stale, ...atTheEnd],
        undo: [stale, { target: "stopping" }],
        exited: [stale, leftOthers, ...atTheEnd],
        stop: asked,
      },
    },
    ready: { on: { exited: [stale, leftOthers, ...atTheEnd], stop: asked } },
    stopping: {
      on: {
        stop: { actions: "cancelPolicy" },
        exited: [stale, { actions: ["noteExit", "noteEnd"] }],
        gone: [stale, ...atTheEnd],
        stuck: [stale, { target: "stuck", actions: "cancelPolicy" }],
      },
    },
    stuck: { on: { stop: asked, gone: [stale, { target: "stopped", actions: "noteEnd" }] } },
    backoff: {
      after: { backoff: { target: "starting", actions: "beginAgain" } },
      on: {
        start: { target: "starting", actions: "begin" },
        stop: { target: "stopped", actions: "cancelPolicy" },
      },
    },
    done: { on: { start: { target: "starting", actions: "begin" }, stop: "stopped" } },
  },
});

/** A running node machine; one root actor per node, never a child of the mode machine. */
export type NodeActor = ActorRefFrom<typeof nodeMachine>;

/** One snapshot of it. `value` is a {@link NodeState}. */
export type NodeSnapshot = SnapshotFrom<typeof nodeMachine>;

/** The state a snapshot stands for. */
export function nodeStateOf(snapshot: NodeSnapshot): NodeState {
  return snapshot.value;
}
