/**
 * What a supervisor is tested through: the supervisor itself, nodes that behave as told, and a look at what really
 * runs that does not go through it.
 */
import type { Clock } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** How a node of the contract behaves; the harness makes it so. */
export type ContractBehaviour =
  /** Ready soon, and ends soon when asked. */
  | "steady"
  /** Ready about 200 ms after its start. */
  | "slow_start"
  /** Ends about 200 ms after it was asked to. */
  | "slow_stop"
  /** Cannot be started at all; its start fails with ENOENT, or the implementation's own code. */
  | "missing"
  /** Ends with code 3 before it is ready. */
  | "exits_early"
  /** Runs, and is never ready. */
  | "never_ready"
  /** Ready soon, and ends only when forced. */
  | "ignores_stop"
  /** Steady, and has left a process behind that is no member of its group. */
  | "leaves_daemon"
  /** Ready soon, and ends with code 1 by itself soon after, in every incarnation. */
  | "crashes"
  /** Does its work and ends with code 0: for oneshot nodes. */
  | "succeeds";

/** One node of a case: how it behaves, and everything about it but its command and its readiness. */
export interface ContractNode {
  readonly behaviour: ContractBehaviour;
  readonly spec: NodeSpec;
}

/** A supervisor under test. */
export interface SupervisorHarness {
  /** Not open yet. */
  readonly supervisor: Supervisor;
  /** What it is opened with: the case's nodes, each with what makes it behave. */
  readonly nodes: ReadonlyMap<string, NodeSpec>;
  readonly clock: Clock;
  /** Ends a running node without the supervisor's doing. */
  crash(node: string): void;
  /** Whether anything of the node lives, as seen without the supervisor. */
  lives(node: string): boolean;
  /** Lets so much time pass on the clock, ms. */
  pass(ms: number): Promise<void>;
  /** Cleans up whatever `supervisor.close()` does not. */
  dispose(): Promise<void>;
}
