/** Notes on catalogues that load, but may not mean what their author thinks. */
import { expect, test } from "vitest";
import { noteCatalogue } from "../../src/config/catalogue-notes.ts";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";

test("a stop_nodes entry is noted as redundant, an unlisted node as never running", () => {
  const catalogue = defineCatalogue({
    defaultMode: "idle",
    nodes: {
      drive: { command: ["drive"], env: { MODESHIFT_NODE: "x" } },
      spare: { command: ["spare"] },
      bare: {},
    },
    modes: { idle: { nodes: ["bare"], stopNodes: ["drive", "spare"] }, "a.b": ["drive"] },
  });

  expect(noteCatalogue(catalogue)).toEqual([
    {
      path: "modes.idle.stop_nodes",
      message:
        "drive, spare would be stopped without this entry too: a mode stops every node that it does not list",
    },
    { path: "nodes.spare", message: "no mode lists this node: it never runs" },
    { path: "nodes.bare", message: "there is no command: only a custom supervisor can run this node" },
    { path: "nodes.drive.env.MODESHIFT_NODE", message: "modeshift sets this variable itself" },
  ]);
});

test("nodes for a custom supervisor are noted once", () => {
  const catalogue = defineCatalogue({ defaultMode: "idle", modes: { idle: ["a", "b"] } });

  expect(noteCatalogue(catalogue)).toEqual([
    { path: "nodes", message: "no node has a command: only a custom supervisor can run them" },
  ]);
});

test("a catalogue without surprises has no notes", () => {
  const catalogue = defineCatalogue({
    defaultMode: "a",
    nodes: { x: { command: ["x"] } },
    modes: { a: ["x"] },
  });

  expect(noteCatalogue(catalogue)).toEqual([]);
});
