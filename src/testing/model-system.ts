/**
 * What model tests drive: anything that changes modes, as the user plugs it in.
 */
import type { NodeError } from "../modes/result.ts";

/** Which steps have to fail during the request that comes next. Asked at any time. */
export interface Faults {
  startFails(node: string): boolean;
  stopFails(node: string): boolean;
}

/** What the tests drive: something that has the catalogue's modes, booted into its default mode. */
export interface ModelSystem {
  /** Asks for a mode and resolves with the answer; what `changeMode` gives will do. */
  request(mode: string): Promise<{
    readonly currentMode: string | null;
    readonly errors: readonly Pick<NodeError, "node" | "phase">[];
  }>;
  /** The nodes that run now. */
  running(): Iterable<string>;
  dispose?(): unknown;
}

/** Makes a new system for one test. */
export type CreateModelSystem = (faults: Faults) => ModelSystem | Promise<ModelSystem>;
