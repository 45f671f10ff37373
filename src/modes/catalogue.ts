/**
 * The catalogue: the validated, immutable set of modes and nodes that everything else works from.
 *
 * Only the shape lives here. src/config makes catalogues (from a file or from `defineCatalogue`) and refuses bad
 * ones, so whoever holds a Catalogue may trust it: every name resolves, there is no cycle, no mode holds two nodes
 * that conflict. Lookup is by Map, never by property (I13): `__proto__` is a legal mode name.
 */

/** What a request does to a running transition. */
export type OnBusy = "preempt" | "queue" | "reject";

/** What happens when a transition into a mode ends with errors. */
export type OnFailure = "continue" | "rollback" | "fallback";

/** How a started node tells that it is ready. `exec`: as soon as it has been exec'ed. */
export type Readiness =
  | { readonly kind: "exec" }
  | { readonly kind: "log"; readonly pattern: string }
  | { readonly kind: "fd"; readonly fd: number }
  | { readonly kind: "tcp"; readonly port: number; readonly host: string }
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "probe"; readonly command: readonly string[] }
  | { readonly kind: "delay"; readonly delayMs: number };

/** When and how often a node that was ready once is started again (I20). */
export interface RestartPolicy {
  readonly policy: "never" | "on_failure" | "always";
  /** Restarts inside the window before the supervisor gives up. */
  readonly max: number;
  readonly windowMs: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

/** One node: a process, or whatever a custom supervisor runs under this name. */
export interface NodeSpec<Node extends string = string> {
  readonly name: Node;
  /** argv, never a shell line. Absent when a custom supervisor runs the node. */
  readonly command?: readonly [string, ...string[]];
  /** Absolute. Absent: the manager's working directory. */
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly dependsOn: readonly Node[];
  /** Symmetric closure of `conflicts`, shared `resources` included, catalogue order, never the node itself. */
  readonly conflicts: readonly Node[];
  readonly resources: readonly string[];
  readonly ready: Readiness;
  readonly startTimeoutMs: number;
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
  readonly killTimeoutMs: number;
  readonly restart: RestartPolicy;
  readonly oneshot: boolean;
}

/** One mode, `extends` already united in. */
export interface Mode<Name extends string = string, Node extends string = string> {
  readonly name: Name;
  /** The nodes that must run, each once, in the order listed (parents' first). */
  readonly nodes: readonly Node[];
  readonly stopNodes: readonly Node[];
  readonly restartNodes: readonly Node[];
  readonly description?: string;
  /** Modes it may be entered from; absent: any. */
  readonly from?: readonly Name[];
  readonly urgent: boolean;
  readonly onFailure: OnFailure;
}

/** How many faults a property is judged under: none, starts that fail, or any fault. */
export type FaultBudget = "none" | "starts" | "any";

/** A property of the catalogue that `modeshift check` decides. `faults` absent: the property's own default. */
export type Invariant =
  | { readonly kind: "never_together"; readonly nodes: readonly string[]; readonly faults?: FaultBudget }
  | {
      readonly kind: "quiet_in";
      readonly mode: string;
      readonly nodes: readonly string[];
      readonly faults?: FaultBudget;
    }
  | { readonly kind: "reachable_from_everywhere"; readonly mode: string; readonly faults?: FaultBudget };

/** How `modeshift up` runs this catalogue. The library ignores it. */
export interface ServiceOptions {
  /** Name of the environment variable that holds the Redis URL. */
  readonly redisUrlEnv: string;
  /** Absolute; null: $XDG_STATE_HOME/modeshift/<namespace>. */
  readonly stateDir: string | null;
  readonly deathGraceMs: number;
  /** Port of the inspector page; null: none. */
  readonly inspectPort: number | null;
}

/** The validated catalogue. `modes` and `nodes` iterate in file order, which breaks every tie (I5). */
export interface Catalogue<ModeName extends string = string, Node extends string = string> {
  readonly namespace: string;
  readonly defaultMode: ModeName;
  readonly fallbackMode: ModeName | null;
  readonly onBusy: OnBusy;
  readonly transitionTimeoutMs: number;
  readonly modes: ReadonlyMap<ModeName, Mode<ModeName, Node>>;
  /** Every managed node. Without a `nodes` section: a bare entry for every name in any mode's lists (I1). */
  readonly nodes: ReadonlyMap<Node, NodeSpec<Node>>;
  readonly invariants: readonly Invariant[];
  readonly service: ServiceOptions;
}

/** The mode of that name, or undefined. For names that come from outside. */
export function findMode<M extends string, N extends string>(
  catalogue: Catalogue<M, N>,
  name: string,
): Mode<M, N> | undefined {
  return catalogue.modes.get(name as M);
}

/** What is told of a name that is no mode. */
export function modeNotFound({ modes }: Pick<Catalogue, "modes">, name: string): string {
  return `Mode '${name}' not found. Available modes: ${[...modes.keys()].join(", ")}`;
}

/** Whether there is a mode of that name and it is urgent (I9). For names that come from outside; null: none. */
export function isUrgentMode(catalogue: Catalogue, name: string | null): boolean {
  return name !== null && findMode(catalogue, name)?.urgent === true;
}
