/**
 * Callers waiting for one node to start or to stop, each with an own signal and deadline.
 *
 * It settles promises and cleans up after them; what an abort or a missed deadline means for the node is decided by
 * managed-node.ts. Deadlines are absolute on the injected clock (I11).
 */
import type { Clock, TimerHandle } from "../clock.ts";
import { NodeFault } from "./node-fault.ts";
import type { WaitOptions } from "./supervisor.ts";

/** Why a wait was cut short. */
export type Cut = "abort" | "deadline";

/** One caller's wait. Settling it twice does nothing. */
export interface Wait {
  resolve(): void;
  reject(fault: NodeFault): void;
}

interface HousedWait extends Wait {
  home: Set<HousedWait>;
}

/** Whether these options end a wait before it has begun. */
export function isCut(clock: Clock, options: WaitOptions): Cut | undefined {
  if (options.signal?.aborted === true) return "abort";
  return options.deadline !== undefined && options.deadline <= clock.now() ? "deadline" : undefined;
}

/** What the caller of a wait that was cut is told. */
export function cutFault(cut: Cut, node: string, doing: string): NodeFault {
  const why = cut === "abort" ? "its caller gave up" : "its deadline has passed";
  return new NodeFault("ABORTED", `The wait for ${node} to ${doing} has ended: ${why}.`);
}

/** The waits of one kind for one node. */
export class Waits {
  readonly #clock: Clock;
  readonly #waits = new Set<HousedWait>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waits.size;
  }

  /** A new wait. `onCut` is called at most once, while it is unsettled; at once when it is cut before it begins. */
  add(options: WaitOptions, onCut: (cut: Cut, wait: Wait) => void): Promise<void> {
    const { promise, resolve, reject } = deferred();
    let timer: TimerHandle;
    const onAbort = (): void => {
      onCut("abort", wait);
    };
    const settle = (how: () => void): void => {
      wait.home.delete(wait);
      options.signal?.removeEventListener("abort", onAbort);
      if (timer !== undefined) this.#clock.clearTimeout(timer);
      how();
    };
    const wait: HousedWait = {
      home: this.#waits,
      resolve: () => {
        settle(resolve);
      },
      reject: (fault) => {
        settle(() => {
          reject(fault);
        });
      },
    };
    this.#waits.add(wait);
    const cut = isCut(this.#clock, options);
    if (cut !== undefined) {
      onCut(cut, wait);
      return promise;
    }
    options.signal?.addEventListener("abort", onAbort);
    if (options.deadline !== undefined) {
      timer = this.#clock.setTimeout(() => {
        onCut("deadline", wait);
      }, options.deadline - this.#clock.now());
    }
    return promise;
  }

  /** Makes the waits of another kind its own. */
  take(others: Waits): void {
    for (const wait of others.#waits) {
      wait.home = this.#waits;
      this.#waits.add(wait);
    }
    others.#waits.clear();
  }

  /** The waits there are, apart from those to come. */
  drain(): Waits {
    const all = new Waits(this.#clock);
    all.take(this);
    return all;
  }

  resolveAll(): void {
    for (const wait of this.#waits) wait.resolve();
  }

  /** `fault` is made only when somebody waits. */
  rejectAll(fault: () => NodeFault): void {
    if (this.#waits.size === 0) return;
    const reason = fault();
    for (const wait of this.#waits) wait.reject(reason);
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

function deferred(): Deferred {
  let resolve: () => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
