/**
 * A catalogue cut down to what one property is about: a handful of nodes, and of each kind of mode as many as can be
 * told apart.
 *
 * Cutting nodes is projection; projected-model.ts argues why it is safe. Cutting modes loses nothing: two modes that
 * want the same of these nodes, have the same policies, and stand the same way in every `from`, behave the same; what a
 * state can tell is only whether a mode equals the settled mode or the target. So three of a kind are enough (settled,
 * target, another), and two where nothing depends on the settled mode.
 */
import type { Catalogue, Mode, NodeSpec } from "../modes/catalogue.ts";
import { isRestarted, isWanted, WISHES, wishCode } from "./node-code.ts";

/** A node of the model. */
export interface ReducedNode {
  readonly name: string;
  readonly oneshot: boolean;
  /** Its policy may restart it. */
  readonly restarts: boolean;
  /** Indices of the model's nodes that it conflicts with. */
  readonly foes: readonly number[];
  /** Indices of the model's nodes that it depends on. */
  readonly needs: readonly number[];
  /** It depends on or conflicts with nodes outside the model. */
  readonly hasOthers: boolean;
}

/** A mode of the model. */
export interface ReducedMode {
  readonly name: string;
  /** By node index, as numbers (node-code.ts). */
  readonly wishes: readonly number[];
  readonly urgent: boolean;
  readonly onFailure: Mode["onFailure"];
  /** Indices of the modes it may be entered from; null: any. */
  readonly from: ReadonlySet<number> | null;
  /** It lists nodes outside the model. */
  readonly listsOthers: boolean;
  readonly isEmpty: boolean;
}

/** What the model is made from. */
export interface ReducedCatalogue {
  readonly nodes: readonly ReducedNode[];
  readonly modes: readonly ReducedMode[];
  readonly defaultMode: number;
  /** -1: none. */
  readonly fallbackMode: number;
  /** The mode that the property names; -1: none. */
  readonly subject: number;
  /** The catalogue has nodes outside the model. */
  readonly hasOthers: boolean;
  /** Whether anything depends on which mode is settled. */
  readonly settledMatters: boolean;
  /** Equal for models that differ in names only. */
  readonly signature: string;
}

/** Cuts one catalogue down, again and again. */
export class Reducer {
  readonly #catalogue: Catalogue;
  readonly #modes: readonly Mode[];
  readonly #kinds: readonly number[];
  /** Mode indices: default and fallback mode first. */
  readonly #order: readonly number[];
  readonly #wishes = new Map<string, readonly number[]>();
  readonly #hasFrom: boolean;
  readonly #hasRollback: boolean;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#modes = [...catalogue.modes.values()];
    this.#kinds = kindsOf(catalogue, this.#modes);
    const special = [catalogue.defaultMode, catalogue.fallbackMode].map((name) =>
      this.#modes.findIndex((mode) => mode.name === name),
    );
    this.#order = [...new Set([...special.filter((index) => index >= 0), ...this.#modes.keys()])];
    this.#hasFrom = this.#modes.some((mode) => mode.from !== undefined);
    this.#hasRollback = this.#modes.some((mode) => mode.onFailure === "rollback");
  }

  /** The catalogue cut down to these nodes. `subject` keeps one mode apart from all others. */
  reduce(names: readonly string[], subject: string | null): ReducedCatalogue {
    const nodes = names.map((name) => this.#node(name, names));
    const wishes = names.map((name) => this.#wishesFor(name));
    const restartMatters = wishes.some((list) => list.some(isRestarted));
    const settledMatters = this.#hasFrom || this.#hasRollback || restartMatters;
    const keys = this.#modes.map((mode, index) => this.#keyOf(mode, index, wishes, mode.name === subject));
    const chosen = this.#choose(keys, settledMatters ? 3 : 2);
    const place = new Map(chosen.map((original, index) => [this.#modes[original]?.name, index]));
    const modes = chosen.flatMap((original) => {
      const mode = this.#modes[original];
      return mode === undefined ? [] : [this.#mode(mode, original, wishes, place)];
    });
    const placeOf = (mode: string | null): number => place.get(mode ?? undefined) ?? -1;
    const { defaultMode, fallbackMode } = this.#catalogue;
    const counted = chosen.map((original) => keys[original]).join();
    const own = JSON.stringify(nodes.map((node) => ({ ...node, name: "" })));
    return {
      nodes,
      modes,
      defaultMode: placeOf(defaultMode),
      fallbackMode: placeOf(fallbackMode),
      subject: placeOf(subject),
      hasOthers: this.#catalogue.nodes.size > names.length,
      settledMatters,
      signature: [own, counted, placeOf(defaultMode), placeOf(fallbackMode), placeOf(subject)].join("|"),
    };
  }

  #node(name: string, names: readonly string[]): ReducedNode {
    const spec = this.#catalogue.nodes.get(name);
    const inside = (others: readonly string[]): number[] =>
      others.map((other) => names.indexOf(other)).filter((index) => index >= 0);
    return {
      name,
      oneshot: spec?.oneshot ?? false,
      restarts: spec !== undefined && mayRestart(spec),
      foes: inside(spec?.conflicts ?? []),
      needs: inside(spec?.dependsOn ?? []),
      hasOthers: [...(spec?.conflicts ?? []), ...(spec?.dependsOn ?? [])].some(
        (other) => !names.includes(other),
      ),
    };
  }

  /** What each mode wants of a node, by mode index. */
  #wishesFor(name: string): readonly number[] {
    const known = this.#wishes.get(name);
    if (known !== undefined) return known;
    const wishes = this.#modes.map((mode) =>
      wishCode({
        wanted: mode.nodes.includes(name),
        restarted: mode.restartNodes.includes(name),
        stopped: mode.stopNodes.includes(name),
      }),
    );
    this.#wishes.set(name, wishes);
    return wishes;
  }

  /** Equal for modes that nothing in the model can tell apart, other than by being the same. */
  #keyOf(mode: Mode, index: number, wishes: readonly (readonly number[])[], isSubject: boolean): number {
    let key = ((this.#kinds[index] ?? 0) * 2 + Number(isSubject)) * 2;
    let listed = 0;
    for (const list of wishes) {
      const wish = list[index] ?? 0;
      if (isWanted(wish)) listed++;
      key = key * WISHES + wish;
    }
    return key * 2 + Number(mode.nodes.length > listed);
  }

  /** Up to `most` modes of each key, ordered by key; default and fallback mode always among them. */
  #choose(keys: readonly number[], most: number): readonly number[] {
    const taken = new Map<number, number>();
    const chosen = this.#order.filter((index) => {
      const key = keys[index] ?? 0;
      const count = taken.get(key) ?? 0;
      taken.set(key, count + 1);
      return count < most;
    });
    return chosen.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  }

  #mode(
    mode: Mode,
    original: number,
    wishes: readonly (readonly number[])[],
    place: ReadonlyMap<string | undefined, number>,
  ): ReducedMode {
    const own = wishes.map((list) => list[original] ?? 0);
    const from = mode.from?.flatMap((name) => place.get(name) ?? []);
    return {
      name: mode.name,
      wishes: own,
      urgent: mode.urgent,
      onFailure: mode.onFailure,
      from: from === undefined ? null : new Set(from),
      listsOthers: mode.nodes.length > own.filter(isWanted).length,
      isEmpty: mode.nodes.length === 0,
    };
  }
}

function mayRestart(spec: NodeSpec): boolean {
  return spec.restart.policy !== "never" && !spec.oneshot;
}

/** A number per mode, equal for modes with the same policies that stand the same way in every `from`. */
function kindsOf(catalogue: Catalogue, modes: readonly Mode[]): readonly number[] {
  const lists = new Map<string, ReadonlySet<string>>();
  const listKey = (mode: Mode): string =>
    mode.from === undefined ? "any" : JSON.stringify([...mode.from].toSorted());
  for (const mode of modes) if (mode.from !== undefined) lists.set(listKey(mode), new Set(mode.from));
  const sets = [...lists.values()];
  const numbers = new Map<string, number>();
  return modes.map((mode) => {
    const membership = sets.map((set) => (set.has(mode.name) ? 1 : 0)).join("");
    const special = `${mode.name === catalogue.fallbackMode}`;
    const key = [mode.urgent, mode.onFailure, special, membership, listKey(mode)].join("|");
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}
