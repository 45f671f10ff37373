/**
 * What watching a starting node's readiness looks like from outside, the same for every kind.
 */
import type { Clock } from "../../clock.ts";
import type { NodeSpec } from "../../modes/catalogue.ts";
import type { LogFile } from "../log-file.ts";
import type { SpawnOrder, SpawnReport } from "../spawner.ts";

/** A watch over one starting incarnation. */
export interface ReadinessWatch {
  /** True when it is ready now. Never rejects; takes a second at most. */
  look(): Promise<boolean>;
  /** No more calls of `onReady`; idempotent. */
  cancel(): void;
}

/** What a watch works with. */
export interface ReadinessContext {
  readonly spec: NodeSpec;
  readonly clock: Clock;
  /** What the node gets over what all inherit. */
  readonly own: Readonly<Record<string, string>>;
  /** Starts a process beside it. */
  readonly spawn: (order: SpawnOrder, report: SpawnReport) => void;
  readonly log: LogFile;
  /** Size of the log when the node was spawned: what came before is not its own. */
  readonly logStart: number;
  /** For `fd`: calls back when the node has written a line to its descriptor. */
  readonly onSaid: (callback: () => void) => void;
  /** Called once, never synchronously for kinds other than `exec`. */
  readonly onReady: () => void;
}
