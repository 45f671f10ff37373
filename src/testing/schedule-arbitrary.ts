/**
 * fast-check arbitraries of schedules: requests by both doors with every policy, deadlines, crashes, nodes that fail,
 * hang or get stuck, and things that happen in the middle of an event.
 *
 * Like arbitraries.ts it needs fast-check, which the user brings. Everything shrinks towards fewer steps, no waiting
 * and nodes that work.
 */
import * as fc from "fast-check";
import type { Catalogue, OnBusy } from "../modes/catalogue.ts";
import type { FakeBehaviour } from "./fake-process.ts";
import type { ImmediateStep, Schedule, ScheduleStep } from "./schedule.ts";

/** What schedules may contain. */
export interface ScheduleLimits {
  /** @defaultValue 12 */
  readonly maxSteps?: number;
  /** Nodes fail, hang, crash and get stuck. @defaultValue true */
  readonly faults?: boolean;
}

const times = [0, 1, 3, 10, 30];
const exits = [
  { code: 1, signal: null },
  { code: 0, signal: null },
  { code: null, signal: "SIGSEGV" },
] as const;

type Fate = "works" | "fails to spawn" | "exits early" | "crashes" | "is ready unseen";

const behaviourDraft = fc.record({
  startMs: fc.constantFrom(...times, Infinity),
  stopMs: fc.constantFrom(...times, Infinity),
  killMs: fc.constantFrom(0, 2),
  survivesKills: fc.constantFrom(0, 0, 0, 0, 0, 1, 2, Infinity),
  fate: fc.constantFrom<Fate>(
    "works",
    "works",
    "works",
    "works",
    "fails to spawn",
    "exits early",
    "crashes",
    "is ready unseen",
  ),
  crashAfterMs: fc.constantFrom(...times),
  exit: fc.constantFrom(...exits),
});

type BehaviourDraft = typeof behaviourDraft extends fc.Arbitrary<infer Draft> ? Draft : never;

const immediateDraft = fc.record({
  kind: fc.constantFrom("request", "request", "request", "request", "request", "crash", "restart"),
  /** Mode or node, modulo what is there. */
  target: fc.nat(20),
  door: fc.constantFrom("library", "bus"),
  onBusy: fc.constantFrom<OnBusy | undefined>(undefined, undefined, "preempt", "queue", "reject"),
  deadlineMs: fc.constantFrom(undefined, undefined, undefined, 1, 5, 40),
  exit: fc.constantFrom(...exits),
});

type ImmediateDraft = typeof immediateDraft extends fc.Arbitrary<infer Draft> ? Draft : never;

const stepDraft = fc.record({
  waitMs: fc.constantFrom(0, 0, ...times, 200),
  when: fc.constantFrom(
    undefined,
    undefined,
    undefined,
    undefined,
    "accepted",
    "transition",
    "node",
    "result",
  ),
  then: immediateDraft,
});

const scheduleDraft = ({ maxSteps = 12, faults = true }: ScheduleLimits) =>
  fc.record({
    behaviours: fc.array(fc.array(behaviourDraft, { maxLength: 3 }), { maxLength: 8 }),
    steps: fc.array(stepDraft, { maxLength: maxSteps }),
    stopAfter: fc.tuple(fc.nat(5), fc.nat(maxSteps)).map(([die, step]) => (die === 5 ? step : undefined)),
    faults: fc.constant(faults),
  });

/** A schedule before it is known what catalogue it is for. */
export type ScheduleDraft =
  ReturnType<typeof scheduleDraft> extends fc.Arbitrary<infer Draft> ? Draft : never;

/** Schedules for any catalogue, to be fitted to one with {@link fitSchedule}: they shrink well together. */
export function scheduleDraftArbitrary(limits: ScheduleLimits = {}): fc.Arbitrary<ScheduleDraft> {
  return scheduleDraft(limits);
}

/** Schedules for one catalogue. */
export function scheduleArbitrary(catalogue: Catalogue, limits: ScheduleLimits = {}): fc.Arbitrary<Schedule> {
  return scheduleDraft(limits).map((draft) => fitSchedule(catalogue, draft));
}

/** The schedule that a draft stands for: places modulo what the catalogue has. */
export function fitSchedule(catalogue: Catalogue, draft: ScheduleDraft): Schedule {
  const names = [...catalogue.nodes.keys()];
  const nodes = names.map((name, place): [string, FakeBehaviour[]] => [
    name,
    (draft.behaviours[place] ?? []).map((behaviour) => behaviourOf(behaviour, draft.faults)),
  ]);
  const steps = draft.steps.flatMap((step): ScheduleStep[] => {
    const then = immediateOf(catalogue, step.then);
    const wait: ScheduleStep[] = step.waitMs === 0 ? [] : [{ do: "wait", ms: step.waitMs }];
    if (then === undefined) return wait;
    return [...wait, step.when === undefined ? then : { do: "when", event: step.when, then }];
  });
  const stop: ScheduleStep[] = [{ do: "stop" }];
  const { stopAfter } = draft;
  return {
    nodes: new Map(nodes.filter(([, behaviours]) => behaviours.length > 0)),
    steps:
      stopAfter === undefined ? steps : [...steps.slice(0, stopAfter), ...stop, ...steps.slice(stopAfter)],
  };
}

function immediateOf(catalogue: Catalogue, draft: ImmediateDraft): ImmediateStep | undefined {
  const { kind, target, door, onBusy, deadlineMs, exit } = draft;
  if (kind === "request") {
    const modes = [...catalogue.modes.keys()];
    return {
      do: "request",
      door,
      mode: modes[target % modes.length] ?? "",
      ...(onBusy === undefined ? {} : { onBusy }),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    };
  }
  const nodes = [...catalogue.nodes.keys()];
  const node = nodes[target % Math.max(1, nodes.length)];
  if (node === undefined) return undefined;
  return kind === "crash" ? { do: "crash", node, exit } : { do: "restart", node };
}

function behaviourOf(draft: BehaviourDraft, faults: boolean): FakeBehaviour {
  const { startMs, stopMs, killMs, survivesKills, fate, crashAfterMs, exit } = draft;
  if (!faults) return { startMs: Math.min(startMs, 1), stopMs: Math.min(stopMs, 1) };
  return {
    startMs,
    stopMs,
    killMs,
    survivesKills,
    ...(fate === "fails to spawn" ? { failsToSpawn: "ENOENT" } : {}),
    ...(fate === "exits early" ? { exitsEarly: exit } : {}),
    ...(fate === "crashes" ? { crashAfterMs, crashExit: exit } : {}),
    ...(fate === "is ready unseen" ? { readyUnseen: true } : {}),
  };
}
