/** The mutants still fit the sources; that each is killed is test/long/mutants.test.ts's. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { mutants } from "./mutants.ts";

const source = path.resolve(import.meta.dirname, "../../src");

test.each(mutants)("the place of '$name' is there, once", ({ file, from, to }) => {
  const parts = readFileSync(path.join(source, file), "utf8").split(from);

  expect(parts).toHaveLength(2);
  expect(to).not.toBe(from);
});

test("no two mutants have one name", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});
