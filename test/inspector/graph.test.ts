import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createMachine } from "xstate";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { loadCatalogue } from "../../src/config/load-catalogue.ts";
import { printMermaid } from "../../src/inspector/graph-mermaid.ts";
import { printSvg } from "../../src/inspector/graph-svg.ts";
import { printXState } from "../../src/inspector/graph-xstate.ts";

const rover = await loadCatalogue("examples/rover/modeshift.yaml");
const nasty = [
  `<script>alert("1")</script>`,
  "a.b",
  "#x",
  "2",
  "__proto__",
  'quote"d',
  "a\u0301b",
  "ロボット",
  "`x`;--",
];
const odd = defineCatalogue({
  defaultMode: "2",
  nodes: Object.fromEntries(nasty.map((name) => [name, { command: ["true"] }])),
  modes: Object.fromEntries(nasty.map((name) => [name, { nodes: nasty, description: name }])),
});
const bare = defineCatalogue({ defaultMode: "idle", modes: { idle: [] } });
const many = defineCatalogue({
  defaultMode: "m0",
  modes: Object.fromEntries(
    Array.from({ length: 200 }, (_, mode) => [
      `m${mode}`,
      Array.from({ length: 10 }, (_, node) => `n${(mode + node) % 500}`),
    ]),
  ),
});

describe("xstate", () => {
  test.each([
    ["the rover", rover],
    ["odd names", odd],
    ["nothing", bare],
  ])("the statechart of %s imports again, and exporting the import changes nothing", (_, catalogue) => {
    const text = printXState(catalogue);
    const imported = createMachine(JSON.parse(text) as Parameters<typeof createMachine>[0]);

    expect(`${JSON.stringify(imported.config, null, 2)}\n`).toBe(text);
    expect(Object.keys(imported.states["mode"]?.states ?? {})).toHaveLength(catalogue.modes.size + 1);
  });
});

describe("mermaid", () => {
  test("shows modes with their nodes, where they are entered from, and the dependencies", () => {
    expect(printMermaid(rover, "both")).toMatchInlineSnapshot(`
      "flowchart LR
        subgraph Modes
          m0["<b>startup</b><br/>clock, selfcheck"]
          m1["<b>idle</b><br/>clock, telemetry"]
          m2["<b>teleop</b><br/>clock, telemetry, camera, drive, joystick"]
          m3["<b>autonomous</b><br/>clock, telemetry, camera, lidar, drive, planner"]
          m4["<b>safe</b> (urgent, fallback)<br/>clock, telemetry"]
          start((" ")) --> m0
          any(["any mode"])
          any --> m0
          any --> m1
          any --> m2
          m1 --> m3
          m2 --> m3
          m3 -. failure .-> m4
          any --> m4
        end
        subgraph Nodes
          n0["clock"]
          n1(["selfcheck"])
          n2["telemetry"]
          n3["camera"]
          n4["lidar"]
          n5["drive"]
          n6["joystick"]
          n7["planner"]
          n2 --> n0
          n3 --> n0
          n4 --> n0
          n5 --> n0
          n6 --> n5
          n6 x-. conflict .-x n7
          n7 --> n3
          n7 --> n4
          n7 --> n5
        end
      "
    `);
  });

  test("user text cannot break out of its label", () => {
    const text = printMermaid(odd, "both");

    expect(text).not.toContain("<script>");
    expect(text).not.toContain('quote"d');
    expect(text).toContain("#60;script#62;");
  });

  test("each subject alone", () => {
    expect(printMermaid(rover, "nodes")).not.toContain("teleop");
    expect(printMermaid(rover, "modes")).not.toContain("conflict");
  });
});

describe("svg", () => {
  test("is the same every time, has no script and asks for nothing from outside", () => {
    const text = printSvg(rover, "both");

    expect(printSvg(rover, "both")).toBe(text);
    expect(text).not.toMatch(/<script|href|@import|url\(h/);
    expect(text).toContain("prefers-color-scheme: dark");
  });

  test.each(["modes", "nodes", "both"] as const)(
    "of %s: every name is there, and no coordinate is missing",
    (subject) => {
      for (const catalogue of [rover, odd, bare, many]) {
        const text = printSvg(catalogue, subject);

        expect(text).not.toMatch(/NaN|undefined|Infinity/);
        if (subject !== "nodes") {
          for (const mode of catalogue.modes.keys()) expect(unescape(text)).toContain(`>${mode}<`);
        }
      }
    },
  );

  test("user text stays text", () => {
    expect(printSvg(odd, "both")).not.toContain("<script>");
  });

  test("the picture in the documentation is the rover's", () => {
    expect(readFileSync("docs/pictures/rover.svg", "utf8")).toBe(printSvg(rover, "both"));
  });
});

function unescape(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
