/** I20: deaths are seen at once; the policy acts only on what was ready, and never after a stop was asked for. */
import type { Check, Story } from "../story.ts";

export const crashes: Check = (story) => [
  ...seenAtOnce(story),
  ...noRestartAgainstTheRule(story),
  ...givenUpFallsBack(story),
  ...noRestartInTheStopSet(story),
];

function seenAtOnce(story: Story): string[] {
  return story.facts
    .filter(({ kind }) => kind === "ended")
    .filter(
      ({ node, index, at }) =>
        !story.journal
          .slice(index)
          .some(
            (moment) =>
              moment.kind === "node" &&
              moment.node === node &&
              moment.at === at &&
              moment.status.state !== "stopping",
          ),
    )
    .map(({ node, at }) => `the end of ${node} at ${at} was not told at once`);
}

/** Every spawn is asked for, or follows a crash of a node that had been up since it was asked for last. */
function noRestartAgainstTheRule(story: Story): string[] {
  return story.facts
    .filter(({ kind }) => kind === "spawned")
    .flatMap(({ node, index, generation }) => {
      const calls = story.asked.filter((call) => call.node === node && call.index < index);
      const last = calls.at(-1);
      const earlier = story.facts.filter(
        (fact) => fact.node === node && fact.index < index && fact.kind === "spawned",
      );
      const isFirstSinceAsked = last !== undefined && !earlier.some((fact) => fact.index > last.index);
      if (last === undefined) return [`${node} was spawned though nobody asked`];
      if (last.what !== "start" && !laterStart(story, node, last.index, index)) {
        return [`${node} was spawned as #${generation} after it was asked to ${last.what}`];
      }
      if (isFirstSinceAsked) return [];
      const wasUp = story.journal
        .slice(0, index)
        .some((moment) => moment.kind === "node" && moment.node === node && moment.status.state === "ready");
      return wasUp ? [] : [`${node} was restarted as #${generation} although it was never ready`];
    });
}

/** A start that was asked for while the stop was under way, and comes after it. */
function laterStart(story: Story, node: string, from: number, to: number): boolean {
  return story.asked.some(
    (call) => call.node === node && call.what === "start" && call.index >= from && call.index < to,
  );
}

/** In steady state a node that is down for good makes a mode with on_failure: fallback fall back at once. */
function givenUpFallsBack(story: Story): string[] {
  const { rest } = story.played;
  const { fallbackMode } = story.catalogue;
  const mode = story.mode(rest?.state.mode ?? null);
  if (rest === null || mode === undefined || fallbackMode === null || mode.onFailure !== "fallback") {
    return [];
  }
  const settled = story.answers.findLast(({ result }) => result.outcome !== "rejected");
  if (settled === undefined) return [];
  return mode.nodes
    .filter((node) => {
      const down = story.journal.findLastIndex((moment) => moment.kind === "node" && moment.node === node);
      const moment = story.journal[down];
      const isSteady = down > settled.index && down < story.isShutDownAt;
      return moment?.kind === "node" && moment.status.gaveUp === true && isSteady;
    })
    .map((node) => `${node} is down for good in ${mode.name} and nothing fell back to ${fallbackMode}`);
}

/** Entering the stop set cancels policy and backoff for good, however long the stop itself has to wait. */
function noRestartInTheStopSet(story: Story): string[] {
  return story.legs.flatMap((leg) => {
    const asked = story.within(leg, story.asked).filter(({ what }) => what === "start");
    return leg.told.plan.stop
      .filter(({ node }) => !asked.some((call) => call.node === node))
      .filter(({ node }) =>
        story.journal
          .slice(leg.index, leg.end)
          .some(
            (moment) =>
              moment.kind === "node" &&
              moment.node === node &&
              moment.status.state === "starting" &&
              moment.cause === "restarted by its policy",
          ),
      )
      .map(({ node }) => `${node} was restarted by its policy on the way to ${leg.told.to}, which stops it`);
  });
}
