/** The doors of the package and the codes it can return, held against what package.json and the reference say. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const doors = Object.entries(packageJson.exports).filter((entry) => typeof entry[1] === "object");

/** The string literals of an exported union type. */
function codesIn(file: string, union: string): string[] {
  const declaration = new RegExp(`export type ${union} =([^;]*);`).exec(read(file))?.[1] ?? "";
  return [...declaration.matchAll(/"([A-Z_]+)"/g)].map((match) => match[1] ?? "");
}

describe("doors", () => {
  test.each(doors)("%s is built from a file in src", (_door, target) => {
    const entry = target as { "modeshift-source": string; types: string; default: string };
    const built = entry["modeshift-source"].replace("./src/", "./dist/");

    expect(existsSync(path.join(root, entry["modeshift-source"]))).toBe(true);
    expect(entry.types).toBe(built.replace(/\.ts$/, ".d.ts"));
    expect(entry.default).toBe(built.replace(/\.ts$/, ".js"));
  });

  test.each(doors)("%s only re-exports, by name", (_door, target) => {
    const source = read((target as { "modeshift-source": string })["modeshift-source"]);

    const statements = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").split(";");

    const others = statements
      .map((s) => s.trim())
      .filter((s) => s !== "" && !/^export (type )?\{[^}]*\} from /.test(s));
    expect(others).toEqual([]);
  });

  test("the schema is there", () => {
    expect(JSON.parse(read(packageJson.exports["./schema.json"]))).toHaveProperty("$schema");
  });
});

describe("docs/reference/errors.md", () => {
  const headings = new Set(
    [...read("docs/reference/errors.md").matchAll(/^### (\w+)$/gm)].map((match) => match[1]),
  );
  const codes = [
    ...codesIn("src/errors.ts", "ErrorCode"),
    ...codesIn("src/modes/result.ts", "ReasonCode"),
    ...codesIn("src/supervisor/node-fault.ts", "NodeFaultCode"),
  ];

  // The reasons of health are written where they are used.
  const healthCodes = /readonly code: ((?:"\w+"(?: \| )?)+);/.exec(read("src/modes/health.ts"))?.[1] ?? "";
  codes.push(...[...healthCodes.matchAll(/\w+/g)].map(([code]) => code));

  test.each([...new Set(codes)])("has a heading for %s", (code) => {
    expect(headings).toContain(code);
  });

  test("has no heading for a code that does not exist", () => {
    const ofTheExecutor = ["DEPENDENCY_FAILED", "TRANSITION_TIMEOUT"];

    expect(
      [...headings].filter(
        (heading) => !codes.includes(heading ?? "") && !ofTheExecutor.includes(heading ?? ""),
      ),
    ).toEqual([]);
  });

  test("the codes were found at all", () => {
    expect(codes.length).toBeGreaterThan(39);
  });
});
