/** I13: whatever text or value stands where a catalogue should, it loads or is refused with problems; nothing else is thrown. */
import * as fc from "fast-check";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { parseCatalogue } from "../../src/config/load-catalogue.ts";
import { ConfigError } from "../../src/config/problem.ts";

const texts = await Promise.all(
  ["good/full.yaml", "good/odd-names.yaml", "good/tabs.json", "bad/aliases.yaml"].map((name) =>
    readFile(`test/fixtures/catalogues/${name}`, "utf8"),
  ),
);

/** Bits of YAML that change the meaning of what stands around them. */
const bits = [
  ...[
    "&a ",
    "*a ",
    "<<: *a\n",
    "? ",
    "- ",
    "\n",
    "\n  ",
    "{",
    "}",
    "[",
    "]",
    ": ",
    ", ",
    "|\n",
    ">-\n",
    "!!str ",
    "!!map ",
  ],
  ...[
    "!!set ",
    "!!binary ",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "'",
    '"',
    "#",
    "\0",
    "\uD800",
    "\u2028",
    "__proto__: ",
    "\t",
  ],
  ...["${A", "${A:-", "$$", "${A:?x}", "&a [*a]", "{<<: *a}", "~", "0x1F", "1e400", ".nan", "null: ", "2: "],
];

/** What is wrong with a refusal that gives no problem, or a problem without remedy; throws what is no refusal. */
function refusalOf(attempt: () => unknown): readonly string[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const bare = error.problems.filter(({ message, remedy }) => message === "" || remedy === "");
    return error.problems.length === 0 ? ["no problem"] : bare.map(({ path }) => path);
  }
}

test("I13: a catalogue file with random edits loads, or is refused with problems and remedies", () => {
  const edit = fc.record({
    at: fc.nat(5000),
    remove: fc.nat(6),
    insert: fc.oneof(fc.constantFrom(...bits), fc.string({ maxLength: 4, unit: "binary" })),
  });
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 5 }), (text, edits) => {
      const edited = edits.reduce(
        (now, { at, remove, insert }) => now.slice(0, at) + insert + now.slice(at + remove),
        text,
      );

      expect(refusalOf(() => parseCatalogue(edited, { file: "a.yaml", env: { A: "x" } }))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("I13: any value where defineCatalogue wants one is taken, or refused with problems and remedies", () => {
  const words = [
    "defaultMode",
    "modes",
    "nodes",
    "env",
    "service",
    "invariants",
    "__proto__",
    "constructor",
    "command",
  ];
  const key = fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 3 }));
  const withMap = fc.anything({ key, withMap: true, withSet: true, withDate: true, withBigInt: true });
  const odd = fc.anything({ key, withNullPrototype: true, withSparseArray: true, withTypedArray: true });
  const any = fc.oneof(withMap, odd);
  const input = fc.record({
    defaultMode: any,
    modes: fc.dictionary(key, any),
    nodes: fc.dictionary(key, any),
  });
  fc.assert(
    fc.property(fc.oneof(any, input), (value) => {
      expect(refusalOf(() => defineCatalogue(value as never))).toEqual([]);
    }),
    { numRuns: 200 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});

function twice(): unknown {
  const list: unknown[] = [];
  list.push(list, list);
  return { defaultMode: "a", modes: { a: list } };
}

test.each([
  [
    "a getter that throws",
    {
      get defaultMode() {
        throw new Error("not today");
      },
    },
    "cannot be read (not today)",
  ],
  ["a proxy that is revoked", revoked(), "cannot be read"],
  ["an instance of a class", { defaultMode: "a", modes: new Date() }, "found an object of a class"],
  [
    "a Map with keys of other kinds",
    { defaultMode: "a", modes: new Map([[{}, []]]) },
    "keys that are no strings",
  ],
  ["a list that contains itself twice", twice(), "more than 1000000 values"],
  [
    "a list of four thousand million holes",
    { defaultMode: "a", modes: { a: Object.assign([], { length: 2 ** 32 - 1 }) } },
    "more than 1000000",
  ],
])("I13: %s is refused", (_, value, message) => {
  expect(() => defineCatalogue(value as never)).toThrow(message);
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

test("brackets and spaces in patterns, texts and comments are no nesting", () => {
  const nodes = Array.from({ length: 250 }, (_, index) => `  n${index}: { ready: { log: '^\\[ready' } } # [`);
  const text = [
    "default_mode: a",
    "modes: { a: [] }",
    "nodes:",
    ...nodes,
    `x-art: |\n  x\n${" ".repeat(300)}[`,
  ].join("\n");

  expect(parseCatalogue(text, { file: "a.yaml" }).nodes.size).toBe(250);
});
