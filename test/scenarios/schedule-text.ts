/**
 * A generated schedule as a scenario: what a property test prints of its smallest counterexample. Saved as a file in
 * this folder and run with `-u`, it becomes a transcript.
 */
import type { Catalogue } from "../../src/modes/catalogue.ts";
import type { Schedule } from "../../src/testing/schedule.ts";
import { behavioursText } from "./behaviour-text.ts";
import { catalogueText } from "./catalogue-text.ts";
import { stepText } from "./step-text.ts";
import { word } from "./words.ts";

/** See the file header. */
export function scheduleText(catalogue: Catalogue, schedule: Schedule): string {
  const yaml = catalogueText(catalogue)
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`);
  const nodes = [...schedule.nodes].map(([node, list]) => `node ${word(node)} ${behavioursText(list)}`);
  const steps = schedule.steps.map(stepText);
  return ["catalogue", ...yaml, "----", "", ...nodes, "boot", ...steps, "settle", "stop", "----", ""].join(
    "\n",
  );
}
