/**
 * Two projects, because a 2-core box cannot hold two busy processors and tests that wait for real processes at once:
 *
 *   unit    pure and virtual-time tests, files in parallel on both cores; runs first
 *   system  tests with real processes, Redis, Chromium, sockets or the built command line; they wait
 *           more than they work, so that four files at once are no harm
 *
 * A folder or file name below puts a test into `system`; everything else is `unit`. Long suites live in test/long.
 */
import { defineConfig } from "vitest/config";
import { docBlocks } from "./test/house/doc-module.ts";
import { LongestFirst } from "./scripts/longest-first.ts";
import { SummaryReporter } from "./scripts/summary-reporter.ts";

const system = [
  "test/cli/**/*.test.ts",
  "test/examples/**/*.test.ts",
  "test/house/**/*.test.ts",
  "test/inspector/**/*.test.ts",
  "test/integration/**/*.test.ts",
  "test/supervisor/**/*.test.ts",
  "test/bus/*contract*.test.ts",
  "test/scenarios/**/*.test.ts",
  "test/**/*redis*.test.ts",
  "test/**/*process*.test.ts",
];

const conditions = ["modeshift-source", "node", "import", "module", "default"];
const fromSource = { ssr: { resolve: { conditions } }, resolve: { conditions } };

export default defineConfig({
  test: {
    reporters: ["default", new SummaryReporter()],
    allowOnly: false,
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...fromSource,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...system, "test/long/**", "**/node_modules/**"],
          testTimeout: 20_000,
          pool: "threads",
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...fromSource,
        plugins: [docBlocks()],
        test: {
          name: "system",
          include: system,
          exclude: ["test/long/**", "**/node_modules/**"],
          globalSetup: ["scripts/leave-nothing.ts", "scripts/build-once.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
          isolate: false,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/cli/main.ts"],
      reporter: ["text-summary", "html", "json-summary"],
    },
  },
});
