/**
 * What the manager does the verifier's model can do: real runs (machine, executor, supervisor, restart policies, time-outs,
 * preemption) followed in the model. The other direction is machine-conformance.test.ts and replay.test.ts.
 */
import { expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { Moment } from "../../src/testing/journal.ts";
import { playSchedule } from "../../src/testing/play-schedule.ts";
import type { StepKind } from "../../src/verify/step.ts";
import { followRandomRuns } from "./follow-random.ts";
import { follow } from "./follow.ts";

const catalogue = defineCatalogue({
  defaultMode: "look",
  nodes: { camera: {}, arm: {} },
  modes: { look: ["camera"], move: { nodes: ["arm"], onFailure: "rollback" } },
});

const change = () =>
  playSchedule(catalogue, {
    nodes: new Map([["camera", [{ stopMs: 10 }]]]),
    steps: [
      { do: "wait", ms: 1 },
      { do: "request", door: "library", mode: "move" },
    ],
  });

const isNews = (moment: Moment, node: string, state: string): boolean =>
  moment.kind === "node" && moment.node === node && moment.status.state === state;

test("a change of modes is followed to its end", async () => {
  expect(follow(await change()).lostAt).toBeNull();
});

test("I3: a start before the last stop has ended is nothing that the model can do", async () => {
  const played = await change();
  const early = played.journal.filter((moment) => moment.kind === "node" && moment.node === "arm");
  const late = played.journal.filter((moment) => !early.includes(moment));
  const at = late.findIndex((moment) => isNews(moment, "camera", "stopped"));
  const journal = late.toSpliced(at, 0, ...early);

  expect(follow({ ...played, journal }).lostAt).toContain("arm is ready");
});

test("I14: nor is a settling with a node missing", async () => {
  const played = await change();
  const journal = played.journal.filter((moment) => !isNews(moment, "arm", "ready"));

  expect(follow({ ...played, journal }).lostAt).toContain("result r1");
});

test("every one of 150 random runs of the manager is a trace of the model", { timeout: 60_000 }, async () => {
  const taken = await followRandomRuns({ runs: 150, seed: 20_261_128 });

  const expected: StepKind[] = [
    ...(["request", "settle", "roll_back", "fall_back", "auto_fall_back"] as const),
    ...(["stop_begins", "stop_ends", "stop_fails", "start_begins", "start_ends", "start_fails"] as const),
    ...(["skipped", "refused", "crash", "crash_to_backoff", "restart_begins", "given_up", "gone"] as const),
  ];
  expect(expected.filter((kind) => !taken.has(kind))).toEqual([]);
});
