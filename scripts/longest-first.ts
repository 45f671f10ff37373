/**
 * Starts the test files that take longest first, so that none of them is left over when the others have ended.
 *
 * Vitest does so by the times of its last run, which a fresh clone and CI do not have: there it goes by the size of the
 * files, and the longest suites are short files that run what other files describe.
 */
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const longest = [
  "test/invariants/transitions.test.ts",
  "test/invariants/small-transitions.test.ts",
  "test/house/docs.test.ts",
  "test/supervisor/supervisor-contract.test.ts",
  "test/supervisor/chaos.test.ts",
  "test/inspector/page.test.ts",
  "test/cli/redis.test.ts",
  "test/house/package.test.ts",
  "test/bus/redis-crash.test.ts",
];

/** In the order of vitest's groups: unit before system. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const place = longest.indexOf(relative(this.ctx.config.root, moduleId));
      const group = project.config.sequence.groupOrder * 1000;
      return group + (place === -1 ? longest.length : place);
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
