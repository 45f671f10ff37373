/** A model over all nodes and all modes of a small catalogue, made by hand: nothing projected, nothing merged. */
import type { Catalogue, FaultBudget } from "../../src/modes/catalogue.ts";
import { badStates } from "../../src/verify/decide.ts";
import { wishCode } from "../../src/verify/node-code.ts";
import { ProjectedModel } from "../../src/verify/projected-model.ts";
import type { Question } from "../../src/verify/question.ts";
import type { ReducedCatalogue } from "../../src/verify/reduced-catalogue.ts";
import { search } from "../../src/verify/search.ts";

/** The catalogue as it is. `first`: nodes that come first, so that questions about them can be asked. */
export function wholeCatalogue(
  catalogue: Catalogue,
  first: readonly string[],
  subject: string | null,
): ReducedCatalogue {
  const names = [...new Set([...first, ...catalogue.nodes.keys()])];
  const modes = [...catalogue.modes.values()];
  const placeOf = (name: string | null): number => modes.findIndex((mode) => mode.name === name);
  return {
    nodes: names.map((name) => {
      const node = catalogue.nodes.get(name)!;
      return {
        name,
        oneshot: node.oneshot,
        restarts: node.restart.policy !== "never" && !node.oneshot,
        foes: node.conflicts.map((foe) => names.indexOf(foe)),
        needs: node.dependsOn.map((need) => names.indexOf(need)),
        hasOthers: false,
      };
    }),
    modes: modes.map((mode) => ({
      name: mode.name,
      wishes: names.map((name) =>
        wishCode({
          wanted: mode.nodes.includes(name),
          restarted: mode.restartNodes.includes(name),
          stopped: mode.stopNodes.includes(name),
        }),
      ),
      urgent: mode.urgent,
      onFailure: mode.onFailure,
      from: mode.from === undefined ? null : new Set(mode.from.map(placeOf)),
      listsOthers: false,
      isEmpty: mode.nodes.length === 0,
    })),
    defaultMode: placeOf(catalogue.defaultMode),
    fallbackMode: placeOf(catalogue.fallbackMode),
    subject: placeOf(subject),
    hasOthers: false,
    settledMatters: true,
    signature: "",
  };
}

/** The model of the whole catalogue. */
export function wholeModel(
  catalogue: Catalogue,
  budget: FaultBudget,
  options: {
    readonly first?: readonly string[];
    readonly subject?: string | null;
    readonly withOthers?: boolean;
  } = {},
): ProjectedModel {
  const whole = wholeCatalogue(catalogue, options.first ?? [], options.subject ?? null);
  return new ProjectedModel(whole, { budget, isSound: true, withOthers: options.withOthers ?? true }, true);
}

/** Small enough to be quick, large enough for almost every question. */
export const searchLimits = { maxStates: 60_000, isCancelled: () => false };

/** Every question that can be asked of a catalogue's nodes and modes. */
export function questionsOf(catalogue: Catalogue): Question[] {
  const names = [...catalogue.nodes.keys()];
  const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other]));
  const modes = [...catalogue.modes.keys()];
  return [
    ...pairs.map((nodes): Question => ({ kind: "together", nodes, mode: null })),
    ...pairs.map((nodes): Question => ({ kind: "blocked", nodes, mode: null })),
    ...modes.flatMap((mode) => names.map((node): Question => ({ kind: "quiet", nodes: [node], mode }))),
  ];
}

/** The answer of a search through the whole model; unknown: it is too large. */
export function askWhole(catalogue: Catalogue, question: Question, faults: FaultBudget): string {
  const model = wholeModel(catalogue, faults, { first: question.nodes, subject: question.mode });
  return { found: "yes", none: "no", limit: "unknown" }[
    search(model, badStates(model, question.kind), searchLimits).kind
  ];
}
