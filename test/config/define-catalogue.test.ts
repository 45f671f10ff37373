/** defineCatalogue: what it accepts, what it infers, and how it refuses. */
import { expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import type { Catalogue } from "../../src/modes/catalogue.ts";

test("mode and node names are inferred as literal types, with and without a nodes section", () => {
  const bare = defineCatalogue({
    defaultMode: "idle",
    modes: {
      idle: ["clock"],
      teleop: { nodes: ["clock", "drive"], restartNodes: ["drive"], from: ["idle"] },
    },
  });
  const full = defineCatalogue({
    defaultMode: "idle",
    nodes: { clock: { command: ["node", "clock.js"] }, drive: { dependsOn: ["clock"] } },
    modes: { idle: ["clock"], teleop: { nodes: ["clock", "drive"] } },
  });

  const mode: "idle" | "teleop" = bare.defaultMode;
  const nodes: readonly ("clock" | "drive")[] = [...bare.nodes.keys(), ...full.nodes.keys()];
  const anyCatalogue: Catalogue = full;

  expect(mode).toBe("idle");
  expect(nodes).toEqual(["clock", "drive", "clock", "drive"]);
  expect(anyCatalogue.nodes.get("drive")?.dependsOn).toEqual(["clock"]);
});

test("a mistyped mode or node name is a compile error and a problem", () => {
  expect(() =>
    defineCatalogue({
      // @ts-expect-error -- no such mode
      defaultMode: "idel",
      modes: { idle: [] },
    }),
  ).toThrow("Did you mean 'idle'?");
  expect(() =>
    defineCatalogue({
      defaultMode: "idle",
      // @ts-expect-error -- no such node
      nodes: { clock: { dependsOn: ["clok"] } },
      modes: { idle: [] },
    }),
  ).toThrow("Did you mean 'clock'?");
  expect(() =>
    defineCatalogue({
      defaultMode: "idle",
      nodes: { clock: {} },
      // @ts-expect-error -- no such node
      modes: { idle: ["clok"] },
    }),
  ).toThrow("Did you mean 'clock'?");
});
