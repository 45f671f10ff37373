/**
 * One incarnation's processes, seen through a control group where there is one, else through process group and
 * marker: what lives of it, and how to kill it at once.
 */
import { cgroupPids, isPopulated, killCgroup, watchCgroup } from "./cgroup.ts";
import type { Sweeper } from "./sweeper.ts";

/** A tree that can be ended (termination.ts). */
export interface NodeTree {
  /** The leader's pid and process group. */
  readonly group: number;
  /** The pid is still the leader's, so that the group may be signalled as a whole. */
  ownsGroup(): boolean;
  /** The leader has ended and been reaped. */
  leaderEnded(): boolean;
  /** It has been asked to end, and will soon be asked about. */
  asked?(): void;
  /** What lives of the tree, leader included. Negative: a whole group, where processes cannot be listed. */
  survivors(): Promise<readonly number[]>;
  /** The same, at once, with SIGSTOP to each as it is seen. */
  freeze(): readonly number[];
  /** SIGKILL to all at once, where the system can. */
  killAtOnce(): void;
  /** Tells when it may have ended, where the system does; what is returned ends that. */
  watch?(onChange: () => void): (() => void) | undefined;
  /** Another manager has taken over: signal nothing. */
  fenced(): boolean;
}

/** What is the same for both kinds. */
export interface TreeIdentity extends Pick<NodeTree, "group" | "ownsGroup" | "leaderEnded" | "fenced"> {
  readonly node: string;
  readonly generation: number;
}

/** A tree known by its group and its marker. */
export function groupTree(identity: TreeIdentity, sweeper: Sweeper): NodeTree {
  return {
    ...identity,
    asked: () => {
      sweeper.expect(identity);
    },
    survivors: () => sweeper.survivors(identity),
    freeze: () => sweeper.freeze(identity),
    killAtOnce: () => undefined,
  };
}

/** A tree in a control group of its own: exact, and without a look at all processes. */
export function cgroupTree(identity: TreeIdentity, path: string): NodeTree {
  const survivors = (): readonly number[] => (isPopulated(path) ? cgroupPids(path) : []);
  return {
    ...identity,
    survivors: () => Promise.resolve(survivors()),
    // The kernel has killed all of it in one go (killAtOnce): nothing has to be held.
    freeze: survivors,
    killAtOnce: () => {
      killCgroup(path);
    },
    watch: (onChange) => watchCgroup(path, onChange),
  };
}
