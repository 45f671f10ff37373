/** `npm run bench`: one file at a time, nothing beside it, results also in bench/results/latest.json. */
import { defineConfig } from "vitest/config";

const conditions = ["modeshift-source", "node", "import", "module", "default"];

export default defineConfig({
  ssr: { resolve: { conditions } },
  resolve: { conditions },
  test: {
    benchmark: { include: ["bench/**/*.bench.ts"], outputJson: "bench/results/latest.json" },
    fileParallelism: false,
  },
});
