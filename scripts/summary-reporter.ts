/**
 * A vitest reporter that ends every run with one plain line, such as `412 passed, 0 failed`, for people and scripts.
 *
 * Skipped tests are named. In CI they fail the run: a suite that quietly stops looking is worse than one that fails.
 */
import type { SerializedError } from "vitest";
import type { Reporter, TestCase, TestModule, TestRunEndReason, Vitest } from "vitest/node";

/** Counts test cases; a file that cannot even be loaded counts as one failure. */
export class SummaryReporter implements Reporter {
  readonly #count = { passed: 0, failed: 0 };
  readonly #skipped: string[] = [];
  #isFiltered = false;

  /** Whoever asks for some tests by name has left out the others. */
  onInit({ config }: Vitest): void {
    this.#isFiltered = config.testNamePattern !== undefined;
  }

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === "passed" || result.state === "failed") {
      this.#count[result.state] += 1;
      return;
    }
    if (this.#isFiltered) return;
    const note =
      result.state === "skipped" ? (result.note ?? "this machine lacks what it needs") : "it never ended";
    this.#skipped.push(`${test.module.relativeModuleId}: ${test.fullName} (${note})`);
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const { passed, failed } = this.#count;
    const skipped = this.#skipped.length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const counted = failed + broken + unhandledErrors.length;
    for (const test of this.#skipped) console.error(`SKIPPED ${test}`);
    if (process.env["CI"] && skipped > 0) {
      process.exitCode = 1;
      console.error(`In CI every test must run: ${skipped} skipped.`);
    }
    const failures = counted === 0 && reason === "failed" ? 1 : counted;
    console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  }
}
