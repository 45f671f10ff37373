/**
 * Finds what is left of a node's tree, whatever it forked: its process group, and everything that carries the
 * marker of its incarnation. One look through /proc answers everybody who asked in the same turn.
 *
 * What to do with what is found is termination.ts's. It does not see a process that has emptied its environment and
 * left the group: only a control group holds those (cgroup.ts).
 */
import type { Clock, TimerHandle } from "../clock.ts";
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
const pausePerLook = 1;
const blindPauseMs = 100;
const longestGatherMs = 8;

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
  /** Asked to end, and not asked about yet. */
  readonly #ending = new Set<Tree>();
  /** When the next look may begin: looking must not be all that is done while a hundred nodes end. */
  #notBefore = 0;
  /** When whoever has asked first is not kept waiting any longer. */
  #gatherUntil = 0;
  /** When the next look is due. */
  #due = 0;
  #timer: TimerHandle;

  constructor(stateId: string, run: string, clock: Clock) {
    this.#stateId = stateId;
    this.#run = run;
    this.#clock = clock;
  }

  /** The tree has been asked to end: there will be a question, which others may wait for a little. */
  expect(tree: Tree): void {
    this.#ending.add(tree);
  }

  /** What still lives of `tree`, leader included. Negative: a whole group, where processes cannot be listed. */
  survivors(tree: Tree): Promise<readonly number[]> {
    this.#ending.delete(tree);
    return new Promise((answer) => {
      this.#questions.push({ tree, answer });
      this.#lookSoon();
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

  /** Nodes end in crowds: whoever ends within a few milliseconds is looked for at once. */
  #lookSoon(): void {
    const now = this.#clock.now();
    if (this.#questions.length === 1) this.#gatherUntil = now + longestGatherMs;
    const due = Math.max(this.#notBefore, this.#ending.size === 0 ? now : this.#gatherUntil);
    if (this.#timer !== undefined && due >= this.#due) return;
    this.#clock.clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = this.#clock.setTimeout(() => {
      this.#look();
    }, due - now);
  }

  #look(): void {
    this.#timer = undefined;
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
      this.#timer = this.#clock.setTimeout(() => {
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
