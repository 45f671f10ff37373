/**
 * Turns a ts block of the documentation into a module that asserts what the block says.
 *
 *   expression; // => value             the expression equals the value
 *   expression; // => throws MODE_UNKNOWN
 *   const name = expression; // => value
 *
 * A block marked `continues` starts with the code of the ts block before it on the page. As a vite plugin it serves
 * the modules under made-up file names, so that imports of "modeshift" run src.
 */
import path from "node:path";
import { blocksOf, root, type DocBlock } from "./doc-blocks.ts";

const claim = /^(\s*)(.+?);?\s*\/\/ => (.+)$/;
const declaration = /^(?:export )?(?:const|let) (\w+)(?::[^=]+)? = /;

/** One line, with its claim made into an assertion. */
export function assertLine(line: string): string {
  const [, indent = "", statement = "", expected = ""] = claim.exec(line) ?? [];
  if (statement === "") return line;
  const code = /^throws (\w+)$/.exec(expected)?.[1];
  if (code !== undefined) {
    return `${indent}await __expect((async () => ${statement})()).rejects.toMatchObject({ code: "${code}" });`;
  }
  const name = declaration.exec(statement)?.[1];
  return name === undefined
    ? `${indent}__expect(${statement}).toEqual(${expected});`
    : `${indent}${statement}; __expect(${name}).toEqual(${expected});`;
}

/** The module of a block. Redis on its usual port is replaced by the test's own server. */
export function moduleOf(block: DocBlock): string {
  const lines = [...prefixOf(block), block.code].join("\n").split("\n").map(assertLine).join("\n");
  const code = lines.replaceAll(
    /"redis:\/\/(?:localhost|127\.0\.0\.1)(?::6379)?"/g,
    `process.env["MODESHIFT_REDIS_URL"]`,
  );
  return `import { expect as __expect } from "vitest";\n${code}\n`;
}

function prefixOf(block: DocBlock): string[] {
  if (!block.words.includes("continues")) return [];
  const before = blocksOf(block.page).findLast((other) => other.language === "ts" && other.line < block.line);
  if (before === undefined) throw new Error(`${block.page}:${block.line} continues nothing`);
  return [...prefixOf(before), before.code];
}

/** The id under which the plugin serves a block. It lies beside the page, so that relative imports work. */
export function moduleIdOf(block: DocBlock): string {
  return path.join(root, `${block.page}.${block.line}.doc-block.ts`);
}

/** The vite plugin that serves the blocks. */
export function docBlocks(): {
  name: string;
  resolveId: (id: string) => string | null;
  load: (id: string) => string | null;
} {
  return {
    name: "doc-blocks",
    resolveId: (id) => (id.endsWith(".doc-block.ts") ? id : null),
    load: (id) => {
      const [, file, line] = /^(.+)\.(\d+)\.doc-block\.ts$/.exec(id) ?? [];
      if (file === undefined) return null;
      const block = blocksOf(path.relative(root, file)).find((one) => one.line === Number(line));
      return block === undefined ? null : moduleOf(block);
    },
  };
}
