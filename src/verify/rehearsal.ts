/**
 * A counterexample of the small model carried out on the whole catalogue, with the plans that a manager would make
 * (planTransition): proof that it can really happen.
 *
 * Nodes outside the model do what is asked of them, at once and without fault, whenever the next step of the
 * counterexample has to wait for them; one that must fail is picked where a step says that another node fails.
 */
import type { Catalogue, Mode } from "../modes/catalogue.ts";
import type { NodeState, Observed } from "../modes/observation.ts";
import { planTransition, type Plan } from "../modes/plan.ts";
import { FALLBACK, REQUESTED, ROLLBACK, SETTLED, SETTLED_WITH_ERRORS } from "./model-state.ts";
import {
  BACKOFF,
  DOWN,
  isOccupyingCode,
  isStartOpen,
  isStopOpen,
  RESTARTING,
  START_DUE,
  STARTING,
  STATE,
  stateOf,
  STOP_DUE,
  STOPPING,
  STUCK,
  UP,
} from "./node-code.ts";

const observedStates: ReadonlyMap<number, NodeState> = new Map([
  [DOWN, "stopped"],
  [STARTING, "starting"],
  [UP, "ready"],
  [STOPPING, "stopping"],
  [STUCK, "stuck"],
  [BACKOFF, "backoff"],
  [RESTARTING, "starting"],
]);

/** A leg that errors lead to. */
interface Leg {
  readonly to: Mode;
  readonly work: number;
}

/** The whole catalogue, being played. */
export class Rehearsal {
  readonly #catalogue: Catalogue;
  readonly #codes: Map<string, number>;
  #plan: Plan | null = null;
  #work = SETTLED;
  #hasErrors = false;
  #target: Mode | null = null;
  #settled: string | null = null;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#codes = new Map([...catalogue.nodes.keys()].map((name) => [name, DOWN]));
  }

  get work(): number {
    return this.#work;
  }

  get target(): string | null {
    return this.#target?.name ?? null;
  }

  /** What the running leg has blamed somebody for. */
  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  code(node: string): number {
    return this.#codes.get(node) ?? DOWN;
  }

  isOccupying(node: string): boolean {
    return isOccupyingCode(this.code(node), this.#catalogue.nodes.get(node)?.oneshot ?? false);
  }

  /** Puts a node into a state, keeping the plan's marks; `isError`: the leg has an error then. */
  set(node: string, code: number, isError = false): void {
    this.#codes.set(node, code);
    if (isError && this.#work >= REQUESTED) this.#hasErrors = true;
  }

  /** Enters a mode by the plan that a manager would make now (I2). */
  enter(mode: Mode, work: number): void {
    const observed: Observed = new Map(
      [...this.#codes].map(([name, code]) => [
        name,
        { state: observedStates.get(stateOf(code)) ?? "stopped", generation: 1 },
      ]),
    );
    const plan = planTransition(this.#catalogue, mode, observed, mode.name !== this.#settled);
    const [stops, starts] = [
      new Set(plan.stop.map((step) => step.node)),
      new Set(plan.start.map((step) => step.node)),
    ];
    for (const [name, code] of this.#codes) {
      const state = stateOf(code) === RESTARTING && !stops.has(name) ? STARTING : stateOf(code);
      const stopMark = stops.has(name) && state !== STOPPING ? STOP_DUE : 0;
      this.#codes.set(name, state | stopMark | (starts.has(name) ? START_DUE : 0));
    }
    [this.#plan, this.#target, this.#work, this.#hasErrors] = [plan, mode, work, false];
  }

  /** Whether a request for the mode would begin now. */
  admits(mode: Mode): boolean {
    const isSettled = this.#work < REQUESTED;
    if (this.#work === REQUESTED && mode.name === this.target) return false;
    if (mode.urgent) return true;
    if (!isSettled && this.#target?.urgent === true) return false;
    if (mode.name === this.#settled) return true;
    const places = isSettled ? [this.#settled] : [this.#settled, this.target];
    return places.every(
      (place) =>
        place === mode.name || mode.from === undefined || (place !== null && mode.from.includes(place)),
    );
  }

  /** Whether the node's stop may begin now (I5, I8). */
  isStopDue(node: string): boolean {
    const code = this.code(node);
    if ((code & STOP_DUE) === 0) return false;
    const before = this.#plan?.stop.find((step) => step.node === node)?.after ?? [];
    const isAtOnce = stateOf(code) === STARTING || stateOf(code) === BACKOFF;
    return isAtOnce || before.every((other) => !isStopOpen(this.code(other)));
  }

  /** Whether the node's start may begin now (I3, I5). */
  isStartDue(node: string): boolean {
    if ((this.code(node) & START_DUE) === 0 || this.isStopping()) return false;
    const needs = this.#catalogue.nodes.get(node)?.dependsOn ?? [];
    return needs.every((other) => !isStartOpen(this.code(other)) && stateOf(this.code(other)) !== RESTARTING);
  }

  /** Whether all that the node depends on is up. */
  hasItsNeeds(node: string): boolean {
    const needs = this.#catalogue.nodes.get(node)?.dependsOn ?? [];
    return needs.every((other) => stateOf(this.code(other)) === UP);
  }

  /** Whether a node that conflicts with it holds on (I12). */
  isBlocked(node: string): boolean {
    return this.#catalogue.nodes.get(node)?.conflicts.some((foe) => this.isOccupying(foe)) ?? false;
  }

  isStopping(): boolean {
    return [...this.#codes.values()].some(isStopOpen);
  }

  /** Whether every step of the leg has ended. */
  isDone(): boolean {
    return (
      this.#work >= REQUESTED &&
      ![...this.#codes.values()].some((code) => isStopOpen(code) || isStartOpen(code))
    );
  }

  /** Ends the leg: true when it ends as expected, in another leg (`to`) or settled (null). Changes nothing otherwise. */
  end(to: string | null): boolean {
    const target = this.#target;
    if (target === null || !this.isDone()) return false;
    const failed = this.#hasErrors || target.nodes.some((node) => stateOf(this.code(node)) !== UP);
    const leg = failed ? this.#legAfterFailure(target) : null;
    if ((leg?.to.name ?? null) !== to) return false;
    if (leg !== null) this.enter(leg.to, leg.work);
    else [this.#work, this.#settled] = [failed ? SETTLED_WITH_ERRORS : SETTLED, target.name];
    return true;
  }

  #legAfterFailure(target: Mode): Leg | null {
    if (this.#work === FALLBACK) return null;
    if (this.#work === ROLLBACK || target.onFailure === "fallback") return this.#fallback(target);
    const from = this.#settled === null ? undefined : this.#catalogue.modes.get(this.#settled);
    const canRollBack = target.onFailure === "rollback" && from !== undefined && from !== target;
    return canRollBack ? { to: from, work: ROLLBACK } : null;
  }

  #fallback(target: Mode): Leg | null {
    const { fallbackMode, modes } = this.#catalogue;
    const to = fallbackMode === null ? undefined : modes.get(fallbackMode);
    return to === undefined || to === target ? null : { to, work: FALLBACK };
  }

  /** Lets one node outside the model do the next thing that is asked of it; false when there is nothing to do. */
  advance(isOutside: (node: string) => boolean): boolean {
    for (const [node, code] of this.#codes) {
      if (!isOutside(node)) continue;
      const rest = code & START_DUE;
      const isStop = stateOf(code) === STOPPING || this.isStopDue(node);
      if (isStop) return this.#advanceTo(node, DOWN | rest, false);
      if (stateOf(code) === STARTING) return this.#advanceTo(node, UP | (code & ~STATE), false);
      if (!this.isStartDue(node)) continue;
      const canStart = this.hasItsNeeds(node) && !this.isBlocked(node);
      return this.#advanceTo(node, canStart ? UP : stateOf(code), !canStart);
    }
    return false;
  }

  #advanceTo(node: string, code: number, isError: boolean): true {
    this.set(node, code, isError);
    return true;
  }
}
