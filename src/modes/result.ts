/**
 * The one terminal answer to a request (I7, I14), and the errors inside it.
 *
 * Pure data. The machine decides outcomes; src/bus prints them in snake_case; the CLI turns them into exit codes.
 */
import type { NodeExit } from "./observation.ts";

/** Where a node failed: while stopping, while starting, or (`run`) by crashing during the transition. */
export type NodePhase = "stop" | "start" | "run";

/** One node's failure inside a result. Data, never an exception. */
export interface NodeError {
  readonly node: string;
  readonly phase: NodePhase;
  /** `NODE_EXITED`, `NODE_READY_TIMEOUT`, `NODE_STUCK`, `DEPENDENCY_FAILED`, `CONFLICT_RUNNING`, `TRANSITION_TIMEOUT`, `ENOENT`... */
  readonly code: string;
  readonly message: string;
  readonly exit?: NodeExit;
  /** Set when it happened while undoing the failed transition. */
  readonly during?: "rollback" | "fallback";
}

/** Why a request did not lead where it asked. docs/reference/errors.md lists all. */
export type ReasonCode =
  | "MODE_UNKNOWN"
  | "FROM_REFUSED"
  | "BUSY"
  | "URGENT_RUNNING"
  | "QUEUE_FULL"
  | "MALFORMED"
  | "SHUTTING_DOWN"
  | "SHUTDOWN"
  | "SUPERSEDED"
  | "DEADLINE_PASSED"
  | "GAVE_UP"
  | "INTERRUPTED"
  | "ROLLBACK_FAILED";

/** A stable code and a sentence that says what was asked, what was found, and what to do. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
}

interface ResultFields<ModeName extends string> {
  readonly requestId: string;
  /** As asked for: may name no mode at all. */
  readonly requestedMode: string;
  /** Who asked, as the request said it. */
  readonly by?: string;
  /** The settled mode when the request began; null before the first settling. */
  readonly previousMode: ModeName | null;
  readonly currentMode: ModeName | null;
  /** In completion order: what this request's own steps really completed. */
  readonly nodesStarted: readonly string[];
  readonly nodesStopped: readonly string[];
  readonly errors: readonly NodeError[];
  /** How often the request was begun; 0: it never was. */
  readonly attempt: number;
}

/** Outcome, ok and reason, as the table of I14 pairs them. */
export type Verdict =
  | { readonly outcome: "changed" | "unchanged"; readonly ok: true; readonly reason?: never }
  | {
      readonly outcome: "degraded" | "rolled_back" | "fell_back";
      readonly ok: false;
      readonly reason?: Reason;
    }
  | { readonly outcome: "failed" | "expired" | "rejected"; readonly ok: false; readonly reason: Reason }
  | {
      readonly outcome: "superseded";
      readonly ok: false;
      readonly reason: Reason;
      /** Absent when the manager was shut down. */
      readonly supersededBy?: { readonly id: string; readonly mode: string };
    };

/** A result before the manager has stamped the times on it: what the machine, which has no clock, emits. */
export type UntimedResult<ModeName extends string = string> = ResultFields<ModeName> & Verdict;

/** The result of one request: a union on `outcome`. */
export type TransitionResult<ModeName extends string = string> = UntimedResult<ModeName> & {
  /** From the moment the request was read, ms. */
  readonly durationMs: number;
  /** When it was answered, ms since the Unix epoch. */
  readonly at: number;
};

/** `changed`, `unchanged`, `degraded`, ... */
export type Outcome = Verdict["outcome"];
