/** The rover's modes, walked by tests that its own machine has made, against a real manager; and what such tests find. */
import { describe, expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { loadCatalogue } from "../../src/config/load-catalogue.ts";
import type { Catalogue } from "../../src/modes/catalogue.ts";
import type { CreateModelSystem } from "../../src/testing/model-system.ts";
import { modelTests } from "../../src/testing/model-tests.ts";

const rover = await loadCatalogue("examples/rover/modeshift.yaml");

describe("the rover", () => {
  for (const [name, run] of modelTests(rover, undefined, { faults: 1 })) test(name, run);
});

/** Everything that can be said of a mode in one catalogue. */
const demanding = defineCatalogue({
  defaultMode: "idle",
  fallbackMode: "safe",
  nodes: {
    clock: {},
    camera: { dependsOn: ["clock"], conflicts: ["calibration"] },
    calibration: { dependsOn: ["clock"] },
    warmup: { oneshot: true },
    drive: { dependsOn: ["warmup"] },
  },
  modes: {
    idle: ["clock"],
    teleop: { nodes: ["clock", "camera", "warmup", "drive"], onFailure: "rollback" },
    calibrate: { nodes: ["clock", "calibration"], onFailure: "fallback", from: ["idle", "safe"] },
    again: { nodes: ["clock", "camera"], restartNodes: ["camera"] },
    safe: { nodes: [], urgent: true },
  },
});

describe("a catalogue with every policy", () => {
  for (const [name, run] of modelTests(demanding, undefined, { faults: 1 })) test(name, run);
});

/** A little runner of its own, and mistakes that it can make. */
type Mistake =
  | "none"
  | "gives up after an error"
  | "forgets to stop"
  | "believes what it wished"
  | "hides an error";

function runner(catalogue: Catalogue, mistake: Mistake): CreateModelSystem {
  return (faults) => {
    const running = new Set(catalogue.modes.get(catalogue.defaultMode)?.nodes);
    let believed = new Set<string>(running);
    return {
      running: () => running,
      request: async (mode) => {
        const wanted = catalogue.modes.get(mode)?.nodes ?? [];
        const known = mistake === "believes what it wished" ? believed : running;
        const errors: { node: string; phase: "stop" | "start" }[] = [];
        for (const node of [...known].filter((one) => !wanted.includes(one))) {
          if (mistake === "forgets to stop") continue;
          if (faults.stopFails(node)) errors.push({ node, phase: "stop" });
          else running.delete(node);
        }
        for (const node of wanted.filter((one) => !known.has(one))) {
          if (mistake === "gives up after an error" && errors.length > 0) break;
          if (faults.startFails(node)) errors.push({ node, phase: "start" });
          else running.add(node);
        }
        believed = new Set(wanted);
        return { currentMode: mode, errors: mistake === "hides an error" ? errors.slice(1) : errors };
      },
    };
  };
}

const plain = defineCatalogue({
  defaultMode: "startup",
  modes: { startup: ["camera", "imu"], teleop: ["camera", "joy", "motor"], auto: ["imu", "nav"], off: [] },
});

async function failures(mistake: Mistake, faults: number): Promise<number> {
  const outcomes = await Promise.allSettled(
    modelTests(plain, runner(plain, mistake), { faults }).map(([, run]) => run()),
  );
  return outcomes.filter(({ status }) => status === "rejected").length;
}

test("a runner without mistakes passes, with and without faults", async () => {
  expect(await failures("none", 0)).toBe(0);
  expect(await failures("none", 1)).toBe(0);
});

test.each([
  "gives up after an error",
  "forgets to stop",
  "believes what it wished",
  "hides an error",
] as const)("a runner that %s is found out with one fault", async (mistake) => {
  expect(await failures(mistake, 1)).toBeGreaterThan(0);
});

test("without faults one test takes every mode change that `from` allows", () => {
  expect(modelTests(demanding).map(([name]) => name)).toEqual(["tour of all 18 mode changes"]);
});
