/**
 * The long suites (soak, chaos, exhaustive interleavings): minutes, one file at a time. `npm run test:long`.
 */
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./scripts/summary-reporter.ts";

const conditions = ["modeshift-source", "node", "import", "module", "default"];

export default defineConfig({
  ssr: { resolve: { conditions } },
  resolve: { conditions },
  test: {
    include: ["test/long/**/*.test.ts"],
    reporters: ["default", new SummaryReporter()],
    globalSetup: ["scripts/leave-nothing.ts", "scripts/build-once.ts"],
    passWithNoTests: true,
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
