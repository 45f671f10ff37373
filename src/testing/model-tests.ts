/**
 * Model tests: walks through a catalogue's modes, made from the machine that runs them, to be taken by the user's own
 * system on any test runner.
 *
 * What is expected comes from mode-model.ts; which ways there are from xstate/graph.
 */
import { fromTransition } from "xstate";
import { getShortestPaths } from "xstate/graph";
import type { Catalogue } from "../modes/catalogue.ts";
import type { NodeError } from "../modes/result.ts";
import { fakeSystem } from "./fake-system.ts";
import type { CreateModelSystem, ModelSystem } from "./model-system.ts";
import { ModeModel, runningIn, type Fault, type ModelRest } from "./mode-model.ts";
import { modeTours } from "./mode-tour.ts";

/** How far the tests go. */
export interface ModelTestOptions {
  /** How many steps may fail in one walk: 0 is a tour of all mode changes, 1 also tries each fault alone. @defaultValue 0 */
  readonly faults?: number;
}

/** A test's name, and the test: it rejects when the system does not do what the model does. */
export type ModelTest = readonly [name: string, run: () => Promise<void>];

/**
 * The model tests of a catalogue, for any test runner.
 *
 * @param createSystem - default: a real manager of the catalogue on a fake supervisor, in virtual time
 *
 * @example
 * ```ts
 * import { defineCatalogue } from "modeshift";
 * import { modelTests } from "modeshift/testing";
 * const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: [], teleop: ["camera", "drive"] } });
 * const tests = modelTests(catalogue, undefined, { faults: 1 });
 * for (const [name, run] of tests) await run();
 * tests[0]?.[0]; // => "tour of all 2 mode changes"
 * ```
 */
export function modelTests(
  catalogue: Catalogue,
  createSystem: CreateModelSystem = (faults) => fakeSystem(catalogue, faults),
  { faults = 0 }: ModelTestOptions = {},
): ModelTest[] {
  const model = new ModeModel(catalogue);
  const walks = [...tourWalks(catalogue), ...(faults === 0 ? [] : faultyWalks(catalogue, model, faults))];
  return walks.map(({ name, requests }) => [name, () => walk(model, createSystem, requests)]);
}

interface Request {
  readonly mode: string;
  readonly faults: readonly Fault[];
}

interface Walk {
  readonly name: string;
  readonly requests: readonly Request[];
}

function tourWalks({ modes, defaultMode }: Catalogue): Walk[] {
  const all = [...modes.values()];
  const edges = all.map(({ name }): [string, string[]] => [
    name,
    all.filter((to) => to.name !== name && (to.from?.includes(name) ?? true)).map((to) => to.name),
  ]);
  const tours = modeTours(new Map(edges), defaultMode);
  const taken = tours.flatMap((tour) =>
    tour.map((mode, place) => JSON.stringify([place === 0 ? defaultMode : tour[place - 1], mode])),
  );
  return tours.map((tour, place) => ({
    name: `tour${tours.length === 1 ? "" : ` ${place + 1} of ${tours.length}`} of all ${new Set(taken).size} mode changes`,
    requests: tour.map((mode) => ({ mode, faults: [] })),
  }));
}

/** The shortest way to every fault that can happen, each followed by the same request without it. */
function faultyWalks(catalogue: Catalogue, model: ModeModel, budget: number): Walk[] {
  interface Place {
    readonly rest: ModelRest;
    readonly left: number;
  }
  type Event = Request & { readonly type: "request" };
  const eventsFrom = ({ rest, left }: Place): Event[] =>
    [...catalogue.modes.keys()].flatMap((mode) => {
      const faulty = left === 0 ? [] : model.steps(rest, mode).map((fault) => [fault]);
      return [[], ...faulty].map((faults): Event => ({ type: "request", mode, faults }));
    });
  const logic = fromTransition(
    ({ rest, left }: Place, { mode, faults }: Event): Place => ({
      rest: model.request(rest, mode, faults),
      left: left - faults.length,
    }),
    { rest: model.boot(), left: budget },
  );
  const paths = getShortestPaths(logic, {
    events: ({ context }) => eventsFrom(context),
    serializeState: ({ context }) => placeKey(context.rest, context.left),
    serializeEvent: ({ mode, faults }) => JSON.stringify([mode, faults]),
  });
  return paths.flatMap(({ state, steps }) => {
    const way = steps.map(({ event }) => event).filter(({ type }) => type === "request");
    const isHealthy = state.context.left === budget;
    if (!isHealthy && budget === 1) return [];
    return eventsFrom(state.context)
      .filter(({ faults }) => faults.length > 0)
      .map((event) => ({
        name: [...way, event].map(describeRequest).join(", "),
        requests: [...way, event, { mode: event.mode, faults: [] }],
      }));
  });
}

function placeKey({ snapshot: { context } }: ModelRest, left: number): string {
  const nodes = context.observed.map(([node, { state }]) => JSON.stringify([node, state])).toSorted();
  return JSON.stringify([left, context.current, nodes]);
}

function describeRequest({ mode, faults }: Request): string {
  return [mode, ...faults.map(({ phase, node }) => `(${phase} ${node} fails)`)].join(" ");
}

async function walk(
  model: ModeModel,
  createSystem: CreateModelSystem,
  requests: readonly Request[],
): Promise<void> {
  let now: readonly Fault[] = [];
  const fails = (phase: Fault["phase"], node: string): boolean =>
    now.some((fault) => fault.phase === phase && fault.node === node);
  const system = await createSystem({
    startFails: (node) => fails("start", node),
    stopFails: (node) => fails("stop", node),
  });
  try {
    let expected = model.boot();
    compare("after boot", expected, system, undefined);
    for (const request of requests) {
      now = request.faults;
      expected = model.request(expected, request.mode, request.faults);
      const answer = await system.request(request.mode);
      now = [];
      compare(`after ${describeRequest(request)}`, expected, system, answer);
    }
  } finally {
    await system.dispose?.();
  }
}

function compare(
  when: string,
  expected: ModelRest,
  system: ModelSystem,
  answer: Awaited<ReturnType<ModelSystem["request"]>> | undefined,
): void {
  const demand = (what: string, got: Iterable<string>, want: Iterable<string>): void => {
    const [is, ought] = [[...got].sort().join(", "), [...want].sort().join(", ")];
    if (is !== ought) throw new Error(`${when}: ${what} is [${is}], the model says [${ought}]`);
  };
  demand("what runs", system.running(), runningIn(expected));
  if (answer === undefined) return;
  demand("the mode", [answer.currentMode ?? "none"], [expected.result.currentMode ?? "none"]);
  const errors = (list: readonly Pick<NodeError, "node" | "phase">[]): string[] =>
    list.map(({ node, phase }) => `${phase} ${node}`);
  demand("the list of errors", errors(answer.errors), errors(expected.result.errors));
}
