/** The documentation hangs together: no link leads nowhere, and every page is linked from the map. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const docs = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" }).map((file) =>
  path.join("docs", file),
);
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "bench/README.md",
  "examples/rover/README.md",
  ...docs,
]
  .filter((file) => file.endsWith(".md"))
  .toSorted();

/** Text of a page without its code, in which brackets mean something else. */
const proseOf = (file: string): string =>
  readFileSync(path.join(root, file), "utf8")
    .replaceAll(/^ *(`{3,})[\s\S]*?^ *\1/gm, "")
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, " "));

/** Targets of a page's links within the repository: file from the root, and the heading. */
function linksOf(file: string): { readonly target: string; readonly anchor: string | undefined }[] {
  return [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [to = "", anchor] = link.split("#");
      return { target: to === "" ? file : path.join(path.dirname(file), to), anchor };
    });
}

/** The anchors that a page's headings get. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(path.join(root, file), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(pages)("every link of %s leads somewhere", (file) => {
  const dead = linksOf(file).filter(({ target, anchor }) => {
    const place = path.join(root, target);
    if (!existsSync(place)) return true;
    return anchor !== undefined && statSync(place).isFile() && !anchorsOf(target).includes(anchor);
  });

  expect(dead).toEqual([]);
});

test("every page of docs is linked from its map", () => {
  const linked = new Set(linksOf("docs/README.md").map(({ target }) => target));

  const lost = docs.filter((file) => file.endsWith(".md") && file !== "docs/README.md" && !linked.has(file));

  expect(lost).toEqual([]);
});
