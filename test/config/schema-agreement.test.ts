/**
 * The JSON Schema for editors and the loader judge one value alone alike: what the schema marks is refused, and what it
 * lets pass is refused only for what must fit together. Held against random changes of a catalogue that uses every field.
 */
import * as fc from "fast-check";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { expect, test } from "vitest";
import * as z from "zod";
import { catalogueJsonSchema } from "../../src/config/json-schema.ts";
import { Review } from "../../src/config/review.ts";
import { documentSchema } from "../../src/config/schema.ts";
import { shape } from "../../src/config/shape.ts";
import { isTreeList, isTreeMap, treeOf, type Tree } from "../../src/config/tree.ts";

const validator = z.fromJSONSchema(catalogueJsonSchema());
const full = await readFile("test/fixtures/catalogues/good/full.yaml", "utf8");
// The schema lets any text with a variable in it pass; the loader judges what has been filled in.
const base: unknown = parse(full.replace('"${CAMERA_PORT:-8080}"', "8080"), { merge: true });

const values: readonly unknown[] = [
  ...[
    "",
    "a",
    "5s",
    "1.5m",
    "0ms",
    "0.0s",
    "0.5ms",
    "-1s",
    "1e3",
    "5 s",
    "SIGTERM",
    "SIGFOO",
    "never",
    "preempt",
  ],
  ...[
    "http://x/y?z",
    "https://x",
    "ftp://x",
    "x:80",
    "x",
    "x:123456",
    "rover-1",
    "-rover",
    "a b",
    "a\nb",
    "a=b",
  ],
  ...["x".repeat(64), "x".repeat(65), "é".repeat(64), "a\u0001", "a\u0000", "rollback", "$", "__proto__"],
  ...[0, 1, -1, 1.5, 3, 9, 10, 8080, 65_535, 65_536, 1e12, true, false, [], {}],
  ...[
    ["a"],
    ["a", "b"],
    [1],
    [[]],
    [""],
    { a: 1 },
    { a: "1" },
    { "a=b": "1" },
    { "": "1" },
    { a: [] },
    { a: { nodes: [] } },
  ],
  ...[
    { log: "x" },
    { log: "" },
    { fd: 3 },
    { fd: 2 },
    { tcp: 80 },
    { tcp: 0 },
    { tcp: "h:80" },
    { tcp: "h:65535" },
    { tcp: "h:65536" },
    { tcp: "h:0" },
    { tcp: "[::1]:80" },
    { tcp: "h" },
  ],
  ...[
    { http: "http://x" },
    { http: "ftp://x" },
    { exec: [] },
    { exec: ["a"] },
    { delay: "1s" },
    { delay: 0 },
  ],
  ...[{ log: "x", fd: 3 }, { policy: "always", max: 1 }, { policy: "x" }, { max: -1 }, { window: 0 }],
  ...[
    { never_together: ["a"] },
    { never_together: ["a", "b"], faults: "any" },
    { quiet_in: "a", nodes: ["b"] },
  ],
  ...[
    { quiet_in: "a" },
    { reachable_from_everywhere: "a" },
    { reachable_from_everywhere: "a", nodes: ["b"] },
  ],
  ...[{ redis: { url_env: "X" } }, { redis: { url_env: "" } }, { inspect: 0 }, { "x-y": 1 }],
];

const fields = [...new Set(full.match(/[\w-]+(?=:)/g))].concat(
  "after",
  "x-mine",
  "$schema",
  "nonsense",
  "2",
  "a.b",
);

interface Change {
  readonly place: number;
  readonly field: string | null;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(1000),
  field: fc.oneof(fc.constant(null), fc.constantFrom(...fields)),
  value: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
});

/** A copy of the tree with the value put in its `place`-th place, or beside it as a field; undefined takes away. */
function changed(tree: Tree, { place, field, value }: Change): Tree {
  let count = 0;
  const visit = (node: Tree): Tree => {
    const isHere = count++ === place;
    if (isHere && field === null) return value;
    if (isTreeList(node)) return node.map(visit).filter((item) => item !== undefined);
    if (!isTreeMap(node)) return node;
    const entries = [...node].map(([key, inner]) => [key, visit(inner)] as const);
    const all = isHere && field !== null ? [...entries, [field, value] as const] : entries;
    return new Map(all.filter(([, inner]) => inner !== undefined));
  };
  return visit(tree);
}

function sizeOf(tree: Tree): number {
  const inner = isTreeMap(tree) ? [...tree.values()] : tree;
  return isTreeList(inner) ? inner.reduce<number>((sum, item) => sum + sizeOf(item), 1) : 1;
}

function plain(tree: Tree): unknown {
  if (isTreeList(tree)) return tree.map(plain);
  return isTreeMap(tree) ? Object.fromEntries([...tree].map(([key, inner]) => [key, plain(inner)])) : tree;
}

/** What the loader has against each value alone. */
function misfits(tree: Tree): readonly string[] {
  const review = new Review("snake");
  shape(documentSchema, tree, review);
  return review.findings.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

test("the schema and the loader agree on every value, whatever is changed in a full catalogue", () => {
  const good = treeOf(base);
  const size = sizeOf(good);
  expect([misfits(good), validator.safeParse(base).success]).toEqual([[], true]);

  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
      const tree = changes.reduce(
        (now, { place, field, value }) => changed(now, { place: place % size, field, value: treeOf(value) }),
        good,
      );

      const misfit = misfits(tree);

      expect(validator.safeParse(plain(tree)).success, misfit.join("\n")).toBe(misfit.length === 0);
    }),
    { numRuns: 150 },
  );
});
