/**
 * Finds what is left of a node's tree, whatever it forked: its process group, and everything that carries the
 * marker of its incarnation. One look through /proc answers everybody who asked in the same turn.
 *
 * What to do with what is found is termination.ts's. It does not see a process that has emptied its environment and
 * left the group: only a control group holds those (cgroup.ts).
 */
import type { Clock } from "../clock.ts";
import { groupExists, hasProc, isDead, lookAtAll, readStat } from "./process-tree.ts";
import { sendSignal } from "./signal.ts";

/** One incarnation's processes, as far as group and marker reach. */
export interface Tree {
  readonly node: string;
  readonly generation: number;
  /** The leader's pid, which is also its process group and session. */
  readonly group: number;
}

/** Pause after a look, in times of what it took. */
const pausePerLook = 2;
const blindPauseMs = 100;
const longestGatherMs = 5;

interface Question {
  readonly tree: Tree;
  readonly answer: (pids: readonly number[]) => void;
}

/** Looks for survivors; see the file header. */
export class Sweeper {
  readonly #stateId: string;
  readonly #run: string;
  readonly #clock: Clock;
  #questions: Question[] = [];
  /** When the next look may begin: looking must not be all that is done while a hundred nodes end. */
  #notBefore = 0;

  constructor(stateId: string, run: string, clock: Clock) {
    this.#stateId = stateId;
    this.#run = run;
    this.#clock = clock;
  }

  /** What still lives of `tree`, leader included. Negative: a whole group, where processes cannot be listed. */
  survivors(tree: Tree): Promise<readonly number[]> {
    return new Promise((answer) => {
      this.#questions.push({ tree, answer });
      if (this.#questions.length === 1) this.#lookSoon();
    });
  }

  /** The same, at once, and each gets SIGSTOP as soon as it is seen: before it can fork once more. */
  freeze(tree: Tree): readonly number[] {
    const seen: number[] = [];
    try {
      find([tree], this.#stateId, this.#run, (pid) => {
        sendSignal(pid, "SIGSTOP");
        seen.push(pid);
      });
    } catch {
      // No descriptor to look with: the next look finds the rest.
    }
    return seen;
  }

  /** The leader of an incarnation whose pid nobody could tell. */
  leaderOf(node: string, generation: number): number | undefined {
    let leader: number | undefined;
    lookAtAll(this.#stateId, (pid, marked) => {
      if (marked?.run !== this.#run || marked.node !== node || marked.generation !== generation) return;
      if (readStat(pid)?.session === pid) leader = pid;
    });
    return leader;
  }

  #lookSoon(): void {
    const wait = this.#notBefore - this.#clock.now();
    if (wait > 0) {
      this.#clock.setTimeout(() => {
        this.#look();
      }, wait);
    } else this.#gather(this.#clock.now() + longestGatherMs);
  }

  /** Ends come in crowds: one look for all who ask turn after turn. */
  #gather(until: number): void {
    const asked = this.#questions.length;
    setImmediate(() => {
      if (this.#questions.length > asked && this.#clock.now() < until) this.#gather(until);
      else this.#look();
    });
  }

  #look(): void {
    const begun = this.#clock.now();
    const questions = this.#questions;
    let found: Map<Tree, number[]>;
    try {
      found = find(
        questions.map(({ tree }) => tree),
        this.#stateId,
        this.#run,
      );
    } catch {
      // What cannot be looked at has not gone: the answer comes when it can be.
      this.#clock.setTimeout(() => {
        this.#look();
      }, blindPauseMs);
      return;
    }
    this.#questions = [];
    const ended = this.#clock.now();
    this.#notBefore = ended + pausePerLook * (ended - begun);
    for (const { tree, answer } of questions) answer(found.get(tree) ?? []);
  }
}

function find(
  trees: readonly Tree[],
  stateId: string,
  run: string,
  onFound?: (pid: number) => void,
): Map<Tree, number[]> {
  const found = new Map<Tree, number[]>(trees.map((tree) => [tree, []]));
  const byGroup = new Map(trees.filter(({ group }) => groupExists(group)).map((tree) => [tree.group, tree]));
  if (!hasProc) {
    for (const [group, tree] of byGroup) {
      onFound?.(-group);
      found.get(tree)?.push(-group);
    }
    return found;
  }
  const byIncarnation = new Map(trees.map((tree) => [keyOf(tree.node, tree.generation), tree]));
  lookAtAll(stateId, (pid, marked) => {
    const bearer = marked?.run === run ? byIncarnation.get(keyOf(marked.node, marked.generation)) : undefined;
    const tree = bearer ?? memberOf(pid, byGroup);
    if (tree === undefined) return;
    onFound?.(pid);
    if (!isDead(readStat(pid))) found.get(tree)?.push(pid);
  });
  return found;
}

function memberOf(pid: number, byGroup: ReadonlyMap<number, Tree>): Tree | undefined {
  return byGroup.size === 0 ? undefined : byGroup.get(readStat(pid)?.group ?? 0);
}

function keyOf(node: string, generation: number): string {
  return `${generation}:${node}`;
}
