/**
 * What `defineCatalogue` takes: the file's fields in camelCase, with mode and node names as types.
 *
 * The same document in TypeScript's words; schema.ts says what each field means, docs/reference/config.md says it at
 * length.
 */
import type { FaultBudget, OnBusy, OnFailure, RestartPolicy } from "../modes/catalogue.ts";
import type { DurationInput } from "./duration.ts";

/** Names to values. A Map keeps any name and any order; an object literal loses `__proto__` and sorts whole numbers first. */
export type Named<Name extends string, Value> = Readonly<Record<Name, Value>> | ReadonlyMap<Name, Value>;

/** How a node tells that it is ready. */
export type ReadyInput =
  | { readonly log: string }
  | { readonly fd: number }
  | { readonly tcp: number | string }
  | { readonly http: string }
  | { readonly exec: readonly string[] }
  | { readonly delay: DurationInput };

/** Whether a node that was ready once is started again when it ends. */
export type RestartInput =
  | RestartPolicy["policy"]
  | {
      readonly policy?: RestartPolicy["policy"];
      readonly max?: number;
      readonly window?: DurationInput;
      readonly backoff?: DurationInput;
      readonly maxBackoff?: DurationInput;
    };

/** Settings that `defaults` may hold for all nodes. Durations are `"10s"` or milliseconds. */
export interface NodeSettingsInput {
  /** Relative to the `folder` given to `defineCatalogue`. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly startTimeout?: DurationInput;
  readonly stopSignal?: string;
  readonly stopTimeout?: DurationInput;
  readonly killTimeout?: DurationInput;
  readonly restart?: RestartInput;
}

/** One node. */
export interface NodeInput<Node extends string = string> extends NodeSettingsInput {
  /** argv, run without a shell. Absent when a custom supervisor runs the node. */
  readonly command?: readonly string[];
  readonly dependsOn?: readonly Node[];
  /** Another word for `dependsOn`. */
  readonly after?: readonly Node[];
  readonly conflicts?: readonly Node[];
  readonly resources?: readonly string[];
  readonly ready?: ReadyInput;
  readonly oneshot?: boolean;
}

/** One mode in its long form. */
export interface ModeInput<ModeName extends string = string, Node extends string = string> {
  readonly nodes?: readonly Node[];
  readonly description?: string;
  readonly extends?: ModeName | readonly ModeName[];
  readonly from?: readonly ModeName[];
  readonly restartNodes?: readonly Node[];
  readonly stopNodes?: readonly Node[];
  readonly urgent?: boolean;
  readonly onFailure?: OnFailure;
}

/** A property that `modeshift check` decides. */
export type InvariantInput<ModeName extends string = string, Node extends string = string> =
  | { readonly neverTogether: readonly Node[]; readonly faults?: FaultBudget }
  | { readonly quietIn: ModeName; readonly nodes: readonly Node[]; readonly faults?: FaultBudget }
  | { readonly reachableFromEverywhere: ModeName; readonly faults?: FaultBudget };

/**
 * A catalogue in TypeScript. `Node`: the names in `nodes`, never when there is no such section. `Listed`: the names that
 * modes list, which `nodes` must hold when it is there.
 */
export interface CatalogueInput<
  ModeName extends string = string,
  Node extends string = string,
  Listed extends string = string,
> {
  /** One robot is one namespace on the bus. Default: `modeshift`. */
  readonly namespace?: string;
  readonly defaultMode: NoInfer<ModeName>;
  readonly defaults?: NodeSettingsInput;
  /** What runs. Absent when a custom supervisor runs the nodes that the modes list. */
  readonly nodes?: Named<Node, NodeInput<NoInfer<Node>>>;
  readonly modes: Named<ModeName, readonly Listed[] | ModeInput<NoInfer<ModeName>, Listed>>;
  readonly fallbackMode?: NoInfer<ModeName>;
  readonly onBusy?: OnBusy;
  readonly transitionTimeout?: DurationInput;
  readonly invariants?: readonly InvariantInput<NoInfer<ModeName>, NoInfer<NodeName<Node, Listed>>>[];
  readonly service?: {
    readonly redis?: { readonly urlEnv?: string };
    readonly stateDir?: string | null;
    readonly deathGrace?: DurationInput;
    readonly inspect?: number | null;
  };
}

/** The names of the `nodes` section; without it, those that modes list. */
export type NodeName<Node extends string, Listed extends string> = [Node] extends [never] ? Listed : Node;
