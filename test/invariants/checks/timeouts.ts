/** I17: a time-out is no failure until the node has been looked at once more. */
import type { Check } from "../story.ts";

export const timeouts: Check = (story) =>
  story.answered.flatMap(({ node, what, code, at, index }) => {
    if (what !== "start" || code !== "NODE_READY_TIMEOUT") return [];
    const spawned = story.facts.findLast(
      (fact) => fact.node === node && fact.kind === "spawned" && fact.index < index,
    );
    if (spawned === undefined) return [`${node} timed out before it was spawned`];
    const { startMs = 0, readyUnseen = false } = story.behaviour(node, spawned.generation);
    const wasReady = readyUnseen && spawned.at + startMs <= spawned.at + story.node(node).startTimeoutMs;
    return wasReady ? [`${node} was ready at ${spawned.at + startMs} and timed out at ${at}`] : [];
  });
