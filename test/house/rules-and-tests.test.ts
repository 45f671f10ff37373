/** docs/reference/rules-and-tests.md tells the truth: every test that it names is there, under that title. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** One row of a table: what holds, and the tests behind it. */
const rows = read("docs/reference/rules-and-tests.md")
  .split("\n")
  .filter((line) => /^\| (?!what holds)/.test(line))
  .map((line) => ({
    sentence: line.split(" | ")[0]?.slice(2) ?? "",
    tests: [...line.matchAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\)/g)].map(([, title = "", file = ""]) => ({
      title,
      file,
    })),
  }));

/** A title is a text in quotes; a story has the name of its file. */
function isTitleIn(file: string, title: string): boolean {
  if (file.endsWith(".txt")) return path.basename(file) === title && read(file).includes("----");
  return read(file)
    .split("\n")
    .some((line) => /["'`]/.test(line.slice(0, Math.max(0, line.indexOf(title)))));
}

test("every sentence of every rule has its row", () => {
  const headings = [...read("docs/reference/rules-and-tests.md").matchAll(/^## (I\d+)/gm)].map(
    ([, rule]) => rule,
  );

  expect(headings).toEqual(Array.from({ length: 20 }, (_, index) => `I${index + 1}`));
  expect(rows.length).toBeGreaterThan(120);
});

test.each(rows)("the tests of '$sentence' are there", ({ tests }) => {
  const missing = tests.filter(({ file, title }) => !isTitleIn(file, title));

  expect(tests).not.toEqual([]);
  expect(missing).toEqual([]);
});
