/**
 * How long verification takes: every pair of nodes under every fault budget, and what every catalogue is asked, by size.
 * Prints the table of docs/reference/verification.md.
 */
import { bench, describe } from "vitest";
import { neverTogetherPairs, verifyCatalogue } from "../src/verify/verify-catalogue.ts";
import { crowdedRobot } from "./robots.ts";

const sizes = [
  [10, 50],
  [30, 150],
  [100, 500],
] as const;

function secondsFor(act: () => { readonly verdict: string }): string {
  const begun = process.cpuUsage();
  const { verdict } = act();
  if (verdict === "not_decided") throw new Error("something was not decided");
  const { user, system } = process.cpuUsage(begun);
  return ((user + system) / 1e6).toFixed(2);
}

const table = [
  "| modes | nodes | pairs | faults: none | starts | any | built-ins |",
  "|---|---|---|---|---|---|---|",
];
for (const isDemanding of [false, true]) {
  for (const [modes, nodes] of sizes) {
    const catalogue = crowdedRobot(modes, nodes, isDemanding);
    const pairs = (["none", "starts", "any"] as const).map((faults) =>
      secondsFor(() =>
        verifyCatalogue(catalogue, {
          invariants: neverTogetherPairs(catalogue, faults),
          builtIns: false,
        }),
      ),
    );
    const builtIns = secondsFor(() => verifyCatalogue(catalogue, { invariants: [] }));
    const size = `${modes}${isDemanding ? ", with policies and `from`" : ""} | ${nodes} | ${(nodes * (nodes - 1)) / 2}`;
    table.push(`| ${size} | ${pairs.join(" | ")} | ${builtIns} |`);
  }
}
console.log(["seconds of processor time", ...table].join("\n"));

describe("all 1,225 pairs of 10 modes and 50 nodes, any fault", () => {
  for (const isDemanding of [false, true]) {
    const catalogue = crowdedRobot(10, 50, isDemanding);
    const invariants = neverTogetherPairs(catalogue, "any");
    bench(isDemanding ? "with policies and `from`" : "plain", () => {
      verifyCatalogue(catalogue, { invariants, builtIns: false });
    });
  }
});
