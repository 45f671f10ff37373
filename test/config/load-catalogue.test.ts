/** Files to catalogues: what loads, and how what does not is refused. The expected messages are files beside the catalogues. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCatalogue, parseCatalogue } from "../../src/config/load-catalogue.ts";
import { ConfigError } from "../../src/config/problem.ts";
import { codeOf, messageOf } from "../../src/errors.ts";

const fixtures = "test/fixtures/catalogues";
const isCatalogue = (name: string): boolean => !name.includes(".expected.");
const good = (await readdir(`${fixtures}/good`)).filter(isCatalogue);
const bad = (await readdir(`${fixtures}/bad`)).filter(isCatalogue);
const env = { LOG_LEVEL: "debug", EMPTY: "", OPEN: "x" };

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modeshift-config-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function refusal(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => expect.fail("it was not refused"),
    (error: unknown) => error,
  );
}

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Maps as lists of entries, and no path of this machine. */
function printed(value: unknown): string {
  const print = (_: string, inner: unknown): unknown => (inner instanceof Map ? [...inner] : inner);
  return `${JSON.stringify(value, print, 2).replaceAll(resolve("."), "<repository>")}\n`;
}

describe("a good catalogue loads", () => {
  test.each(good)("%s", async (name) => {
    const catalogue = await loadCatalogue(`${fixtures}/good/${name}`, { env });

    await expect(printed(catalogue)).toMatchFileSnapshot(`../fixtures/catalogues/good/${name}.expected.json`);
  });

  test("the rover of the examples", async () => {
    const catalogue = await loadCatalogue("examples/rover");

    expect([...catalogue.modes.keys()]).toEqual(["startup", "idle", "teleop", "autonomous", "safe"]);
  });
});

describe("I13: a bad catalogue is refused with every problem, its place and its remedy", () => {
  test.each(bad)("%s", async (name) => {
    const error = await refusal(loadCatalogue(`${fixtures}/bad/${name}`, { env }));

    expect(codeOf(error)).toBe("CONFIG_INVALID");
    expect(messageOf(error)).not.toMatch(/undefined|\[object|NaN|Invalid (?:string|input)|Correct it/);
    await expect(`${messageOf(error)}\n`).toMatchFileSnapshot(
      `../fixtures/catalogues/bad/${name}.expected.txt`,
    );
  });

  test("the problems are data too, in the order of the file", async () => {
    const file = `${fixtures}/bad/typos.yaml`;
    const error = await refusal(loadCatalogue(file));

    expect(error).toBeInstanceOf(ConfigError);
    const problems = error instanceof ConfigError ? error.problems : [];
    expect(problems[0]).toEqual({
      path: "defualt_mode",
      message: "unknown key 'defualt_mode'",
      remedy: "Did you mean 'default_mode'?",
      file,
      line: 1,
      column: 1,
    });
    expect(problems.map((problem) => problem.line)).toEqual(
      problems.map((problem) => problem.line).toSorted((a, b) => a! - b!),
    );
  });
});

describe("finding the file", () => {
  test("a folder without a catalogue is CONFIG_NOT_FOUND and says how to make one", async () => {
    const empty = await mkdtemp(join(folder, "empty-"));

    const error = await refusal(loadCatalogue(empty));

    expect(codeOf(error)).toBe("CONFIG_NOT_FOUND");
    expect(messageOf(error)).toContain("modeshift init");
  });

  test("a file that is not there is CONFIG_NOT_FOUND", async () => {
    const error = await refusal(loadCatalogue(join(folder, "nowhere.yaml")));

    expect(codeOf(error)).toBe("CONFIG_NOT_FOUND");
    expect(messageOf(error)).toContain("there is no such file");
  });

  test.each(["modeshift.yaml", "modeshift.yml", "modeshift.json", "modeshift.config.mjs"])(
    "%s is found in a folder, and names its namespace after the folder",
    async (name) => {
      const home = await mkdtemp(join(folder, "my robot-"));
      const json = `{ "default_mode": "idle", "modes": { "idle": [] } }`;
      const module = `export default { defaultMode: "idle", modes: { idle: [] } };`;
      await writeFile(join(home, name), name.endsWith(".mjs") ? module : json);

      const catalogue = await loadCatalogue(home);

      expect(catalogue.namespace).toBe(basename(home).replace("my robot", "my-robot"));
    },
  );

  test("two catalogues in one folder are refused: guessing would run the wrong robot", async () => {
    const home = await mkdtemp(join(folder, "two-"));
    await writeFile(join(home, "modeshift.yaml"), "default_mode: idle\nmodes: { idle: [] }\n");
    await writeFile(join(home, "modeshift.json"), "{}");

    const error = await refusal(loadCatalogue(home));

    expect(codeOf(error)).toBe("CONFIG_INVALID");
    expect(messageOf(error)).toContain("more than one catalogue");
  });

  test("a file of another type is refused", async () => {
    const error = await refusal(loadCatalogue(await written("modeshift.toml", "x = 1")));

    expect(messageOf(error)).toContain("must end in .yaml, .yml, .json or .mjs");
  });
});

describe("a module", () => {
  test("may export what defineCatalogue gives", async () => {
    const define = resolve("src/config/define-catalogue.ts");
    const path = await written(
      "made.mjs",
      `import { defineCatalogue } from ${JSON.stringify(define)};
       export default defineCatalogue({ defaultMode: "idle", modes: new Map([["idle", ["2"]]]) });`,
    );

    const catalogue = await loadCatalogue(path);

    expect([...catalogue.nodes.keys()]).toEqual(["2"]);
  });

  test.each([
    ["throws", "throw new Error('no luck');", "could not be imported: no luck"],
    ["exports nothing", "export const x = 1;", "there is no default export"],
    ["exports a number", "export default 7;", "expected a mapping, found the number 7"],
    [
      "exports a bad catalogue",
      "export default { defaultMode: 'x', modes: {} };",
      "modes: there are no modes",
    ],
  ])("that %s is refused", async (what, source, message) => {
    const error = await refusal(loadCatalogue(await written(`${what.replaceAll(" ", "-")}.mjs`, source)));

    expect(codeOf(error)).toBe("CONFIG_INVALID");
    expect(messageOf(error)).toContain(message);
  });
});

describe("I13: hostile input is refused and crashes nothing", () => {
  test.each([
    ["brackets without end", "[".repeat(100_000)],
    ["braces without end", "{a: ".repeat(50_000)],
    ["lists in lists on one line", `a: ${"- ".repeat(50_000)}`],
    [
      "indentation without end",
      Array.from({ length: 2000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    ],
    ["quotes without end", '"'.repeat(10_001)],
    ["only a NUL", "\0"],
  ])("%s", async (_, text) => {
    const error = await refusal(
      Promise.resolve().then(() => parseCatalogue(text, { file: "modeshift.yaml" })),
    );

    expect(codeOf(error)).toBe("CONFIG_INVALID");
    expect(messageOf(error).length).toBeLessThan(5000);
  });

  test("aliases of aliases do not unfold without end", () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `x-${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(9)}]`,
    );
    const text = ["x-0: &l0 [a]", ...levels, "default_mode: idle", "modes: { idle: [] }"].join("\n");

    expect(() => parseCatalogue(text, { file: "modeshift.yaml" })).toThrow("unfolds to too much");
  });

  test("a file that is no text, and one that is too big", async () => {
    const binary = await refusal(
      loadCatalogue(await written("binary.yaml", new Uint8Array([0xff, 0xfe, 0, 0x80]))),
    );
    const big = await refusal(loadCatalogue(await written("big.yaml", `# ${"x".repeat(5_000_000)}`)));

    expect(messageOf(binary)).toContain("not UTF-8");
    expect(messageOf(big)).toContain("too much for a catalogue");
  });

  test("what stands in variables cannot change the structure", () => {
    const text = 'default_mode: idle\nnodes: { a: { command: ["${X}"] } }\nmodes: { idle: [] }';
    const catalogue = parseCatalogue(text, { file: "modeshift.yaml", env: { X: '"], evil: [' } });

    expect(catalogue.nodes.get("a")?.command).toEqual(['"], evil: [']);
  });
});

test("500 nodes in 100 modes load in well under a second", () => {
  const nodes = Array.from(
    { length: 500 },
    (_, index) =>
      `  n${index}: { command: [node, n${index}.js], depends_on: [${index > 9 ? `n${index % 10}` : ""}] }`,
  );
  const list = Array.from({ length: 100 }, (_, index) => `n${index}`).join(", ");
  const modes = Array.from({ length: 100 }, (_, index) => `  m${index}: [${list}]`);
  const text = ["default_mode: m0", "nodes:", ...nodes, "modes:", ...modes].join("\n");

  const catalogue = parseCatalogue(text, { file: "modeshift.yaml" });

  expect(catalogue.nodes.size).toBe(500);
  expect(catalogue.modes.get("m99")?.nodes.length).toBe(100);
});

test("relative paths are relative to the file, and nodes run in its folder", async () => {
  const path = await written(
    "paths.yaml",
    "default_mode: i\nmodes: { i: [] }\nnodes: { a: { cwd: sub }, b: { cwd: /abs }, c: {} }\nservice: { state_dir: ./s }",
  );

  const { nodes, service } = await loadCatalogue(path);

  expect([...nodes.values()].map((node) => node.cwd)).toEqual([join(folder, "sub"), "/abs", folder]);
  expect(service.stateDir).toBe(join(dirname(path), "s"));
});
