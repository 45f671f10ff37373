/**
 * A test of your modes without a robot. The machine that runs says which mode changes there are and what each must lead
 * to; the tests take every one of them, and every single fault on the way, through a real manager in virtual time.
 *
 * In a test file it is one line of your runner: `for (const [name, run] of tests) test(name, run);`
 */
import { loadCatalogue } from "modeshift";
import { modelTests } from "modeshift/testing";

const catalogue = await loadCatalogue(`${import.meta.dirname}/rover/modeshift.yaml`);
const tests = modelTests(catalogue, undefined, { faults: 1 });

for (const [name, run] of tests) {
  await run().catch((error: unknown) => {
    throw new Error(`${name} does not hold`, { cause: error });
  });
}
console.log(`${tests.length} walks through ${catalogue.modes.size} modes hold`);
