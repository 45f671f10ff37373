/** I2: every plan is the literal rule applied to what was observed, ordered by dependency (I5). */
import type { Mode } from "../../../src/modes/catalogue.ts";
import type { NodeState } from "../../../src/modes/observation.ts";
import { sameSet, type Check, type Leg, type Story } from "../story.ts";

export const plan: Check = (story) => story.legs.flatMap((leg) => judge(story, leg));

function judge(story: Story, leg: Leg): string[] {
  const { told, index } = leg;
  const target = told.to === null ? nowhere : story.mode(told.to);
  if (target === undefined) return [`plan into unknown mode ${told.to}`];
  const wrong: string[] = [];
  const want = literalDiff(story, target, index, told.to !== told.from || told.to === null);
  const got = {
    stop: told.plan.stop.map(({ node }) => node),
    start: told.plan.start.map(({ node }) => node),
    keep: told.plan.keep,
  };
  for (const list of ["stop", "start", "keep"] as const) {
    if (!sameSet(got[list], want[list])) {
      wrong.push(`plan into ${told.to}: ${list} [${got[list].join()}], the rule says [${want[list].join()}]`);
    }
  }
  const order = [...story.catalogue.nodes.keys()];
  for (const list of [got.stop, got.start]) {
    if (list.some((node, place) => place > 0 && order.indexOf(node) < order.indexOf(list[place - 1] ?? ""))) {
      wrong.push(`plan into ${told.to}: not in catalogue order: ${list.join()}`);
    }
  }
  return [...wrong, ...judgeOrder(story, leg)];
}

const nowhere: Pick<Mode, "nodes" | "stopNodes" | "restartNodes"> = {
  nodes: [],
  stopNodes: [],
  restartNodes: [],
};

/** The rule of I2, word by word. */
function literalDiff(
  story: Story,
  target: Pick<Mode, "nodes" | "stopNodes" | "restartNodes">,
  index: number,
  entering: boolean,
): { stop: string[]; start: string[]; keep: string[] } {
  const observed = story.statusAt(index);
  const stateOf = (node: string): NodeState => observed.get(node)?.state ?? "stopped";
  const all = [...story.catalogue.nodes.keys()];
  const stop = all.filter((node) => {
    if (stateOf(node) === "stopped") return false;
    if (!target.nodes.includes(node) || target.stopNodes.includes(node)) return true;
    return (entering && target.restartNodes.includes(node)) || ["stopping", "stuck"].includes(stateOf(node));
  });
  const start = all.filter(
    (node) =>
      target.nodes.includes(node) && (["stopped", "backoff"].includes(stateOf(node)) || stop.includes(node)),
  );
  const keep = all.filter(
    (node) => target.nodes.includes(node) && !stop.includes(node) && !start.includes(node),
  );
  return { stop, start, keep };
}

function judgeOrder(story: Story, { told }: Leg): string[] {
  const stops = new Set(told.plan.stop.map(({ node }) => node));
  const late = new Set([...told.plan.start.map(({ node }) => node), ...told.plan.awaited]);
  const starts = told.plan.start
    .filter(
      ({ node, after }) =>
        !sameSet(
          after,
          story.node(node).dependsOn.filter((other) => late.has(other)),
        ),
    )
    .map(({ node }) => `start of ${node} waits for the wrong nodes`);
  const stopsWrong = told.plan.stop
    .filter(({ node, after }) => {
      const dependents = [...stops].filter((other) => story.node(other).dependsOn.includes(node));
      return !sameSet(after, dependents);
    })
    .map(({ node }) => `stop of ${node} waits for the wrong nodes`);
  return [...starts, ...stopsWrong];
}
