/** The chart by itself: pure, drawable, walkable, and looked at by an inspector. */
import {
  createActor,
  initialTransition,
  transition,
  type AnyMachineSnapshot,
  type InspectionEvent,
} from "xstate";
import { getShortestPaths } from "xstate/graph";
import { expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { ExecutorCommand } from "../../src/machines/events.ts";
import { createModeMachine } from "../../src/machines/mode-machine.ts";

const catalogue = defineCatalogue({
  defaultMode: "idle",
  fallbackMode: "safe",
  modes: {
    idle: ["clock"],
    teleop: { nodes: ["clock", "drive"], description: "An operator drives" },
    safe: { nodes: [], urgent: true },
  },
});

const request = (mode: string, requestId: string) => ({ type: "mode.request", mode, requestId }) as const;

/** What a pure transition would do, by type, with the plan where there is one. */
function effectsOf(actions: readonly { readonly type: string; readonly params?: unknown }[]): string[] {
  return actions.map(({ type, params }) => {
    const { event } = (params ?? {}) as { event?: { type: string } };
    return event === undefined ? type : `${type} ${event.type}`;
  });
}

test("a request is a pure transition: the plan is an effect, nothing is executed", () => {
  const machine = createModeMachine(catalogue);
  const [start] = initialTransition(machine);

  const [next, actions] = transition(machine, start, request("teleop", "r1"));

  expect(next.value).toEqual({ mode: "teleop", work: "stopping" });
  expect(next.context.plan).toMatchObject({ mode: "teleop", start: [{ node: "clock" }, { node: "drive" }] });
  expect(effectsOf(actions)).toEqual([
    "xstate.emit accepted",
    "xstate.raise mode.enter.teleop",
    "xstate.emit transition",
    "xstate.sendTo EXECUTE",
  ]);
});

test("every mode is an atomic state with the entry actions that compute and execute the plan", () => {
  const states = createModeMachine(catalogue).states["mode"]?.states ?? {};

  expect(Object.keys(states)).toEqual(["~", "idle", "teleop", "safe"]);
  for (const [key, state] of Object.entries(states).slice(1)) {
    expect(state.config.entry).toEqual([{ type: "computePlan", params: { mode: key } }, "executePlan"]);
    expect(state.meta).toMatchObject({ mode: key });
  }
  expect(states["teleop"]?.description).toBe("An operator drives");
});

test("the definition is plain JSON, so that it opens in Stately", () => {
  const { definition } = createModeMachine(catalogue);

  expect(JSON.parse(JSON.stringify(definition))).toMatchObject({ id: "modeshift", type: "parallel" });
});

test("xstate/graph walks from the beginning into every mode", () => {
  const machine = createModeMachine(catalogue);

  const paths = getShortestPaths(machine, {
    events: [request("idle", "a"), request("teleop", "b"), request("safe", "c")],
    serializeState: (state) => JSON.stringify((state as AnyMachineSnapshot).value),
  });

  const reached = paths.map(({ state }) => (state.value as { mode: string }).mode);
  expect(new Set(reached)).toEqual(new Set(["~", "idle", "teleop", "safe"]));
});

test("an inspector sees the actor, each request, and each mode under its own name", () => {
  const events: InspectionEvent[] = [];
  const actor = createActor(createModeMachine(catalogue), { inspect: (event) => events.push(event) }).start();

  for (const mode of ["idle", "teleop", "safe"]) actor.send(request(mode, mode));

  const values = events.flatMap((event) =>
    event.type === "@xstate.snapshot" && event.actorRef === actor
      ? [((event.snapshot as AnyMachineSnapshot).value as { mode: string }).mode]
      : [],
  );
  expect(events.some((event) => event.type === "@xstate.actor" && event.actorRef === actor)).toBe(true);
  expect(
    events.filter((event) => event.type === "@xstate.event" && event.event.type === "mode.request"),
  ).toHaveLength(3);
  expect([...new Set(values)]).toEqual(["~", "idle", "teleop", "safe"]);
});

test("I10: what the executor says of an older plan is ignored", () => {
  const machine = createModeMachine(catalogue);
  const [start] = initialTransition(machine);
  const [first] = transition(machine, start, request("idle", "r1"));
  const [second] = transition(machine, first, request("teleop", "r2"));

  const [next] = transition(machine, second, { type: "node.started", plan: 1, node: "clock" });
  const [done] = transition(machine, next, { type: "plan.done", plan: 1, at: 0 });

  expect(done.context.transition?.started).toEqual([]);
  expect(done.value).toEqual({ mode: "teleop", work: "stopping" });
});

test("no text of a user becomes an event type: XState remembers every type it has seen", () => {
  const machine = createModeMachine(catalogue);
  const actor = createActor(machine).start();

  for (let n = 0; n < 1_000; n += 1) actor.send(request(`made-up-${n}`, `r${n}`));

  expect(actor.getSnapshot().value).toEqual({ mode: "~", work: "idle" });
  expect(machine.events.filter((type) => type.includes("made-up"))).toEqual([]);
});

test("a plan is sent to the executor as plain JSON", () => {
  const machine = createModeMachine(catalogue);
  const [start] = initialTransition(machine);
  const [, actions] = transition(machine, start, request("teleop", "r1"));

  const sent = actions.find(({ type }) => type === "xstate.sendTo") as unknown as {
    params: { event: ExecutorCommand };
  };

  expect(JSON.parse(JSON.stringify(sent.params.event))).toEqual(sent.params.event);
});

test("I11: a waiting request whose deadline has passed is not begun, however late its timer is", () => {
  const machine = createModeMachine(catalogue);
  const actor = createActor(machine).start();
  const results: string[] = [];
  actor.on("result", ({ result }) => results.push(`${result.requestId} ${result.outcome}`));
  actor.send(request("teleop", "running"));
  const queued = { onBusy: "queue", by: "a test" } as const;
  actor.send({ ...request("idle", "late"), ...queued, deadline: 50 });
  actor.send({ ...request("idle", "in time"), ...queued, deadline: 51 });
  actor.send({ type: "node.observed", node: "clock", observed: { state: "ready", generation: 1 } });
  actor.send({ type: "node.observed", node: "drive", observed: { state: "ready", generation: 1 } });

  // As after a freeze: what a node did is read before the timers that are due.
  actor.send({ type: "plan.done", plan: 1, at: 50 });

  expect(results).toEqual(["running changed", "late expired"]);
  expect(actor.getSnapshot().context.transition?.request.requestId).toBe("in time");
});

test("I20: only the end of a node that the settled mode lists makes it fall back", () => {
  const drives = defineCatalogue({
    defaultMode: "drives",
    fallbackMode: "safe",
    modes: { drives: { nodes: ["drive"], onFailure: "fallback" }, safe: [], other: ["lamp"] },
  });
  const machine = createModeMachine(drives);
  const [start] = initialTransition(machine);
  const [entering] = transition(machine, start, request("drives", "r1"));
  const up = { state: "ready", generation: 1 } as const;
  const [seen] = transition(machine, entering, { type: "node.observed", node: "drive", observed: up });
  const [settled] = transition(machine, seen, { type: "plan.done", plan: 1, at: 0 });
  const ended = { state: "stopped", generation: 1, gaveUp: true } as const;

  const [unlisted] = transition(machine, settled, { type: "node.observed", node: "lamp", observed: ended });
  const [listed] = transition(machine, settled, { type: "node.observed", node: "drive", observed: ended });

  expect(unlisted.value).toMatchObject({ mode: "drives", work: "idle" });
  expect(listed.value).toMatchObject({ mode: "safe", work: "stopping" });
});
