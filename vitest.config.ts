import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["modeshift-source", "node", "import", "module", "default"] } },
  resolve: { conditions: ["modeshift-source", "node", "import", "module", "default"] },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/long/**", "node_modules/**"],
    testTimeout: 20_000,
    maxWorkers: 2,
  },
});
