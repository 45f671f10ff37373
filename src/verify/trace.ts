/** Counterexamples in words: what an operator and the world would do, not what the model does in between. */
import type { StepKind } from "./step.ts";

/** A step with the name of its node or mode. */
export interface NamedStep {
  readonly kind: StepKind;
  readonly name: string;
}

/** What is said of each kind; null: nothing, it goes without saying. */
const phrases: Readonly<Record<StepKind, ((name: string) => string) | null>> = {
  boot: (name) => `boot ${name}`,
  request: (name) => `request ${name}`,
  stop_begins: null,
  stop_ends: (name) => `stop ${name}`,
  stop_fails: (name) => `stop ${name} FAILS`,
  start_begins: (name) => `start ${name}`,
  start_ends: null,
  start_fails: (name) => `${name} FAILS to start`,
  start_sticks: (name) => `${name} FAILS to start and cannot be stopped`,
  skipped: (name) => `${name} is skipped`,
  refused: (name) => `start ${name} REFUSED`,
  crash: (name) => `${name} CRASHES`,
  crash_to_backoff: (name) => `${name} CRASHES`,
  restart_begins: (name) => `${name} is restarted`,
  restart_ends: null,
  restart_fails: (name) => `restart of ${name} FAILS`,
  given_up: (name) => `${name} is given up`,
  gone: (name) => `${name} is gone at last`,
  settle: null,
  roll_back: (name) => `roll back to ${name}`,
  fall_back: (name) => `fall back to ${name}`,
  others_roll_back: (name) => `another node FAILS, roll back to ${name}`,
  others_fall_back: (name) => `another node FAILS, fall back to ${name}`,
  auto_fall_back: (name) => `a node is given up, fall back to ${name}`,
};

/** The steps as they are printed. A settling is told only where the trace ends with it. */
export function printTrace(steps: readonly NamedStep[]): readonly string[] {
  return steps.flatMap(({ kind, name }, index) => {
    if (kind === "settle" && index === steps.length - 1) return [`${name} settles`];
    return phrases[kind]?.(name) ?? [];
  });
}
