/**
 * The suite that has to notice a mutant: the fast tests of modes, machines and manager, with one file of src changed
 * as it is read. `MODESHIFT_MUTANT` names the mutant.
 */
import path from "node:path";
import { defineConfig, type Plugin } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { mutants } from "./mutants.ts";

const root = path.resolve(import.meta.dirname, "../..");
const conditions = ["modeshift-source", "node", "import", "module", "default"];

function plant(): Plugin {
  const name = process.env["MODESHIFT_MUTANT"];
  const mutant = mutants.find((each) => each.name === name);
  if (mutant === undefined) throw new Error(`There is no mutant '${name}'.`);
  const file = path.join(root, "src", mutant.file);
  return {
    name: "plant-a-mutant",
    enforce: "pre",
    transform: (code, id) => (id === file ? code.replace(mutant.from, () => mutant.to) : null),
  };
}

/** The random schedules come last: what a quick test notices need not be searched for. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSearch = ({ moduleId }: TestSpecification): boolean => moduleId.includes("/invariants/");
    return files.toSorted((a, b) => Number(isSearch(a)) - Number(isSearch(b)));
  }
}

export default defineConfig({
  root,
  plugins: [plant()],
  ssr: { resolve: { conditions } },
  resolve: { conditions },
  test: {
    include: [
      "test/{modes,machines,lifecycle}/*.test.ts",
      "test/bus/{admission,collapse,known-ids,request-message,requests-in-time}.test.ts",
      "test/invariants/*.test.ts",
      "test/scenarios/*.test.ts",
    ],
    env: { MODESHIFT_SEED: "1" },
    bail: 1,
    sequence: { sequencer: QuickFirst },
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
