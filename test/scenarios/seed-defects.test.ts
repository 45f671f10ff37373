/** The nine defects of the program that this one succeeds, each with its proof that it is not here. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

test.each([1, 2, 3, 4, 5, 6, 7, 8])("defect %i of the seed has its scenario", (number) => {
  const stories = readdirSync(import.meta.dirname);

  expect(stories.filter((file) => file.startsWith(`seed-${number}-`) && file.endsWith(".txt"))).toHaveLength(
    1,
  );
});

test("defect 9 of the seed: its example called what did not exist; every example of ours is run by a test", () => {
  const root = join(import.meta.dirname, "..", "..");

  expect(existsSync(join(root, "test", "house", "docs.test.ts"))).toBe(true);
  expect(readFileSync(join(root, "test", "house", "docs.test.ts"), "utf8")).toContain("README.md");
});
