/** Every rule of docs/explanation/rules.md is proved by tests that say so in their titles, and no title cites another. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const page = "docs/explanation/rules.md";
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** The rules that a file's titles cite: texts that begin with their numbers, such as "I8 I9: ..." or "I1 truth". */
function citedBy(file: string): string[] {
  const titles = read(file).matchAll(/["'`#]\s?((?:I\d+,? (?:and )?)*I\d+)(?::| [a-z(])/g);
  return [...titles].flatMap((match) => match[1]?.match(/I\d+/g) ?? []);
}

const files = ["test", "src/testing"].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(?:ts|txt)$/.test(file))
    .map((file) => path.posix.join(folder, file)),
);
const cited = new Map(files.map((file) => [file, new Set(citedBy(file))]));

const rules = read(page)
  .split(/^## /m)
  .slice(1)
  .map((text) => ({
    rule: /^I\d+/.exec(text)?.[0] ?? "",
    links: [...text.matchAll(/\]\(\.\.\/\.\.\/([^)]+)\)/g)].map((match) => match[1] ?? ""),
  }));

describe("the rules", () => {
  test("are I1 to I20, in order", () => {
    expect(rules.map(({ rule }) => rule)).toEqual(Array.from({ length: 20 }, (_, index) => `I${index + 1}`));
  });

  test.each(rules)(
    "$rule is cited by a title in one of the tests that its paragraph links to",
    ({ rule, links }) => {
      const proving = links.filter((file) => cited.get(file)?.has(rule) === true);

      expect(links, `${rule} links to no test`).not.toEqual([]);
      expect(proving, `none of ${links.join(", ")} has a title with ${rule}`).not.toEqual([]);
    },
  );

  test("no title cites a rule that there is not", () => {
    const known = new Set(rules.map(({ rule }) => rule));

    const unknown = [...cited].flatMap(([file, names]) =>
      [...names].filter((name) => !known.has(name)).map((name) => `${file}: ${name}`),
    );

    expect(unknown).toEqual([]);
  });
});
