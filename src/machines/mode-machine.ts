/**
 * The mode machine: the very chart that the manager runs, Stately draws, and the model tests walk (DESIGN section 5).
 *
 * Two regions. `mode`: one atomic state per mode, the *target*; its entry actions compute the stop-then-start diff and
 * send it to the executor. `work`: what is happening. Effects only by the one `executor` actor at the root, provided by
 * the manager; no clock, no I/O: times and observations come in as events (ADR 0004, 0006).
 *
 * What its guards and actions decide is in mode-rules.ts.
 */
import { assign, enqueueActions, fromCallback, setup } from "xstate";
import type { Catalogue } from "../modes/catalogue.ts";
import { initialContext, type ModeContext } from "./context.ts";
import type { ExecutorCommand, InternalEvent, MachineEmission, ModeMachineEvent } from "./events.ts";
import { conditions, decisions } from "./mode-rules.ts";
import * as moves from "./moves.ts";
import { noModeKey, stateKey } from "./state-key.ts";

/** The part of `enqueue` that a decision needs. */
interface Enqueue {
  assign(context: Partial<ModeContext>): void;
  emit(emission: MachineEmission): void;
  raise(event: InternalEvent): void;
}

function perform(enqueue: Enqueue, move: moves.Move): void {
  if (move.assign !== undefined) enqueue.assign(move.assign);
  for (const emission of move.emit ?? []) enqueue.emit(emission);
  if (move.raise !== undefined) enqueue.raise(move.raise);
}

const unprovided = fromCallback<ExecutorCommand>(() => undefined);

function setupChart(catalogue: Catalogue, executor: typeof unprovided) {
  const decide = decisions(catalogue);
  return setup({
    types: {
      context: {} as ModeContext,
      events: {} as ModeMachineEvent,
      emitted: {} as MachineEmission,
      meta: {} as { mode: string; nodes: readonly string[] },
      children: {} as { executor: "executor" },
    },
    actors: { executor },
    guards: conditions(catalogue),
    actions: {
      answer: enqueueActions((scope) => perform(scope.enqueue, decide.answer(scope.context, scope.event))),
      join: enqueueActions((scope) => perform(scope.enqueue, decide.join(scope.context, scope.event))),
      wait: enqueueActions((scope) => perform(scope.enqueue, decide.wait(scope.context, scope.event))),
      begin: enqueueActions((scope) => perform(scope.enqueue, decide.begin(scope.context, scope.event))),
      beginBoot: enqueueActions((scope) =>
        perform(scope.enqueue, decide.beginBoot(scope.context, scope.event)),
      ),
      beginNext: enqueueActions((scope) =>
        perform(scope.enqueue, decide.beginNext(scope.context, scope.event)),
      ),
      expire: enqueueActions((scope) => perform(scope.enqueue, decide.expire(scope.context, scope.event))),
      observe: assign(({ context, event }) => decide.observe(context, event).assign ?? {}),
      fallBackNow: enqueueActions((scope) =>
        perform(scope.enqueue, decide.fallBackNow(scope.context, scope.event)),
      ),
      book: assign(({ context, event }) => decide.book(context, event).assign ?? {}),
      endPlan: enqueueActions((scope) => perform(scope.enqueue, decide.endPlan(scope.context, scope.event))),
      shutDown: enqueueActions((scope) =>
        perform(scope.enqueue, decide.shutDown(scope.context, scope.event)),
      ),
      tellStopped: enqueueActions((scope) =>
        perform(scope.enqueue, decide.tellStopped(scope.context, scope.event)),
      ),
      computePlan: enqueueActions(({ context, enqueue }, params: { mode: string }) => {
        perform(enqueue, moves.computePlan(catalogue, context, params.mode));
      }),
      executePlan: enqueueActions(({ context, enqueue }) => {
        if (context.plan !== null) enqueue.sendTo("executor", { type: "EXECUTE", plan: context.plan });
      }),
    },
  });
}

/**
 * The statechart of a catalogue. Pure: it opens in Stately and works with `transition()` and `xstate/graph`; its plans
 * go to the actor `executor`, which does nothing until one is provided.
 *
 * @example
 * ```ts
 * import { defineCatalogue } from "modeshift";
 * import { createModeMachine } from "modeshift/xstate";
 * const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["drive"] } });
 * const machine = createModeMachine(catalogue);
 * Object.keys(machine.states["mode"]?.states ?? {}); // => ["~", "idle", "teleop"]
 * ```
 */
export function createModeMachine<M extends string, N extends string>(catalogue: Catalogue<M, N>) {
  return modeMachineWith(catalogue, unprovided);
}

/** The same with its executor provided: `provide` would build the whole chart a second time. */
export function modeMachineWith(catalogue: Catalogue, executor: typeof unprovided) {
  const chart = setupChart(catalogue, executor);
  const modes = [...catalogue.modes.values()];
  const modeStates = modes.map(({ name, nodes, description }) => {
    const entry = [{ type: "computePlan", params: { mode: name } }, "executePlan"] as const;
    const state = {
      meta: { mode: name, nodes },
      entry,
      ...(description === undefined ? {} : { description }),
    };
    return [stateKey(name), chart.createStateConfig(state)] as const;
  });
  const entries = modes.map(
    (mode) => [`mode.enter.${stateKey(mode.name)}`, `.${stateKey(mode.name)}`] as const,
  );

  return chart.createMachine({
    id: "modeshift",
    context: initialContext,
    type: "parallel",
    invoke: { src: "executor", id: "executor" },
    on: {
      "mode.request": [
        { guard: "isAnsweredAtOnce", actions: "answer" },
        { guard: "joins", actions: "join" },
        { guard: "mustWait", actions: "wait" },
        { actions: "begin" },
      ],
      boot: { actions: "beginBoot" },
      next: { actions: "beginNext" },
      "request.expired": { actions: "expire" },
      "node.observed": [
        { guard: "mustFallBackNow", actions: ["observe", "fallBackNow"] },
        { actions: "observe" },
      ],
    },
    states: {
      mode: {
        initial: noModeKey,
        on: Object.fromEntries(entries),
        states: {
          [noModeKey]: { description: "Before the first transition." },
          ...Object.fromEntries(modeStates),
        },
      },
      work: workRegion(),
    },
  });
}

/** What is happening: the same for every catalogue. */
function workRegion() {
  const running = {
    on: {
      "phase.starting": [{ guard: "isStale" }, { target: "starting" }],
    },
  } as const;
  return {
    initial: "idle",
    on: {
      "mode.enter.*": [
        { guard: "isRollback", target: ".rolling back" },
        { guard: "isFallback", target: ".falling back" },
        { target: ".stopping" },
      ],
      "node.started": [{ guard: "isStale" }, { actions: "book" }],
      "node.stopped": [{ guard: "isStale" }, { actions: "book" }],
      "node.failed": [{ guard: "isStale" }, { actions: "book" }],
      "plan.done": [
        { guard: "isStale" },
        { guard: "isShuttingDown", target: ".stopped", actions: "tellStopped" },
        { guard: "mustRollBack", actions: "endPlan" },
        { guard: "mustFallBack", actions: "endPlan" },
        { target: ".idle", actions: "endPlan" },
      ],
      shutdown: [
        { guard: "isShuttingDown" },
        { target: ".shutting down", actions: ["shutDown", "executePlan"] },
      ],
    },
    states: {
      idle: { always: { guard: "isDegraded", target: "degraded" } },
      degraded: { always: { guard: "isHealthy", target: "idle" } },
      stopping: running,
      starting: {},
      "rolling back": {},
      "falling back": {},
      "shutting down": {},
      stopped: {},
    },
  } as const;
}
