/** The port's contract over every supervisor there is; the fake one's run is in test/testing. */
import { describe, test } from "vitest";
import { supervisorContract } from "../../src/testing/supervisor-contract.ts";
import { functionHarness } from "./function-harness.ts";
import { processHarness } from "./process-harness.ts";

describe("processes in process groups", () => {
  const cases = supervisorContract((nodes) => processHarness(nodes, { isolation: "group" }));
  test.each(cases)("$name", ({ run }) => run());
});

describe("processes in control groups, where there are any", () => {
  const cases = supervisorContract((nodes) => processHarness(nodes, { isolation: "auto" }));
  test.each(cases)("$name", ({ run }) => run());
});

describe("three functions", () => {
  // A function that is told to stop leaves nothing behind, and it has no exit code.
  const cases = supervisorContract(functionHarness, { lacks: ["leaves_daemon", "exits_early"] });
  test.each(cases)("$name", ({ run }) => run());
});
