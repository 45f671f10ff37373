/**
 * Properties in full: their names, their default fault budgets (SEMANTICS, "check"), and the questions they consist of.
 */
import type { Catalogue, FaultBudget, Invariant } from "../modes/catalogue.ts";
import type { Answer, Decider } from "./decide.ts";
import type { Question } from "./question.ts";
import { wayTo, wayToDeadEnd } from "./reachability.ts";
import type { PropertyReport } from "./report.ts";
import { printTrace } from "./trace.ts";
import { seconds, WorstTimes } from "./worst-time.ts";

/** The verdict on a property that carries its own name elsewhere. */
export type Decision = Omit<PropertyReport, "property" | "faults">;

/** Told after a question that had to be looked into: so many of so many are answered. */
export type OnAnswer = (answered: number, questions: number) => void;

/** One thing to decide. */
export interface Property {
  readonly name: string;
  readonly faults: FaultBudget;
  readonly decide: (decider: Decider, onAnswer: OnAnswer) => Decision;
}

/** The property that an invariant of the catalogue states. */
export function propertyOf(catalogue: Catalogue, invariant: Invariant): Property {
  switch (invariant.kind) {
    case "never_together":
      return neverTogether(invariant.nodes, invariant.faults ?? "any");
    case "quiet_in":
      return quietIn(invariant.mode, invariant.nodes, invariant.faults ?? "any");
    case "reachable_from_everywhere":
      return reachable(catalogue, invariant.mode, invariant.faults ?? "any");
  }
}

/** What every catalogue should have: complete modes, no deadlock of conflicts, transitions within their time. */
export function builtInProperties(catalogue: Catalogue): readonly Property[] {
  const modes = [...catalogue.modes.keys()];
  const worstTimes = new WorstTimes(catalogue);
  return [
    noDeadlock(catalogue),
    ...modes.map((mode) => complete(catalogue, mode)),
    ...modes.map((mode) => worstTime(catalogue, mode, worstTimes)),
  ];
}

function neverTogether(nodes: readonly string[], faults: FaultBudget): Property {
  const pairs = nodes.flatMap((one, index) => nodes.slice(index + 1).map((other) => [one, other]));
  const questions = pairs.map((pair): Question => ({ kind: "together", nodes: pair, mode: null }));
  return {
    name: `never_together: ${nodes.join(", ")}`,
    faults,
    decide: (decider, onAnswer) =>
      decideAll(
        { decider, onAnswer },
        questions,
        faults,
        ({ nodes: [one, other] }) =>
          `${one} and ${other} run at the same time. Declare the conflict, and a start is refused while the other runs: conflicts: [${other}] on ${one}.`,
      ),
  };
}

function quietIn(mode: string, nodes: readonly string[], faults: FaultBudget): Property {
  const questions = nodes.map((node): Question => ({ kind: "quiet", nodes: [node], mode }));
  return {
    name: `quiet_in ${mode}: ${nodes.join(", ")}`,
    faults,
    decide: (decider, onAnswer) =>
      decideAll(
        { decider, onAnswer },
        questions,
        faults,
        ({ nodes: [node] }) => `${node} runs although ${mode} has settled without errors.`,
      ),
  };
}

function reachable(catalogue: Catalogue, mode: string, faults: FaultBudget): Property {
  return {
    name: `reachable_from_everywhere: ${mode}`,
    faults,
    decide: () => {
      const way = wayToDeadEnd(catalogue, mode);
      const states = catalogue.modes.size;
      if (way === null) return { verdict: "holds", states };
      const reason = `From there no requests lead to ${mode}: 'from' refuses them. Widen it, or make ${mode} urgent.`;
      return { verdict: "violated", trace: way, reason, states };
    },
  };
}

/** Nobody waits for what nobody stops: a start is refused for a conflict only while a failed stop holds on. */
function noDeadlock(catalogue: Catalogue): Property {
  const questions = [...catalogue.nodes.values()].flatMap((node) =>
    node.conflicts.map((foe): Question => ({ kind: "blocked", nodes: [node.name, foe], mode: null })),
  );
  return {
    name: "no_deadlock",
    faults: "any",
    decide: (decider, onAnswer) =>
      decideAll(
        { decider, onAnswer },
        questions,
        "any",
        ({ nodes: [node, foe] }) => `${node} cannot start because ${foe} runs, and nothing stops ${foe}.`,
      ),
  };
}

/** Without faults a mode settles without errors, and with its nodes up, which asking for it again leaves alone. */
function complete(catalogue: Catalogue, mode: string): Property {
  const questions = (catalogue.modes.get(mode)?.nodes ?? []).flatMap((node): Question[] => {
    const foes = catalogue.nodes.get(node)?.conflicts ?? [];
    const alone: Question = { kind: "incomplete", nodes: [node], mode };
    return [alone, ...foes.map((foe): Question => ({ kind: "incomplete", nodes: [node, foe], mode }))];
  });
  return {
    name: `complete: ${mode}`,
    faults: "none",
    decide: (decider, onAnswer) =>
      stoppedWhenAskedAgain(catalogue, mode) ??
      decideAll(
        { decider, onAnswer },
        questions,
        "none",
        ({ nodes: [node] }) => `${mode} settles without ${node}, although nothing fails.`,
      ),
  };
}

/** The old format's trap: a node that the mode lists and stops. Loading refuses it (docs/decisions/0001). */
function stoppedWhenAskedAgain(catalogue: Catalogue, name: string): Decision | null {
  const mode = catalogue.modes.get(name);
  const node = mode?.nodes.find((each) => mode.stopNodes.includes(each));
  const way = wayTo(catalogue, name);
  if (node === undefined || way === null) return null;
  const trace = [...way, `${name} settles`, `request ${name}`, `stop ${node}`];
  const reason = `${node} is in nodes and in stop_nodes of ${name}: whoever asks for ${name} again stops it. Use restart_nodes.`;
  return { verdict: "violated", trace, reason, states: 1 };
}

function worstTime(catalogue: Catalogue, name: string, worstTimes: WorstTimes): Property {
  const limitMs = catalogue.transitionTimeoutMs;
  return {
    name: `worst_time: ${name}`,
    faults: "any",
    decide: () => {
      const mode = catalogue.modes.get(name);
      if (mode === undefined) {
        return { verdict: "not_decided", reason: `There is no mode ${name}.`, states: 0 };
      }
      const { ms, trace } = worstTimes.into(mode, limitMs);
      if (ms <= limitMs) return { verdict: "holds", states: 1 };
      const reason = `That takes up to ${seconds(ms)}, but transition_timeout is ${seconds(limitMs)}. Raise it, or lower the timeouts.`;
      return { verdict: "violated", trace, reason, states: 1 };
    },
  };
}

/** The first violation, else the first open question, else it holds. */
function decideAll(
  { decider, onAnswer }: { readonly decider: Decider; readonly onAnswer: OnAnswer },
  questions: readonly Question[],
  faults: FaultBudget,
  explain: (question: Question) => string,
): Decision {
  let open: Extract<Answer, { readonly kind: "unknown" }> | null = null;
  let states = 0;
  for (const [index, question] of questions.entries()) {
    const answer = decider.decide(question, faults);
    states += answer.states;
    if (answer.states > 0) onAnswer(index + 1, questions.length);
    if (answer.kind === "yes") {
      return { verdict: "violated", trace: printTrace(answer.steps), reason: explain(question), states };
    }
    if (answer.kind === "unknown") open ??= answer;
  }
  return open === null
    ? { verdict: "holds", states }
    : { verdict: "not_decided", reason: open.reason, states };
}
