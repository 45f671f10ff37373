/**
 * The JSON Schema for editors is what schema.ts says today, and agrees with the loader about the fixtures.
 * To write it anew: npx vitest run test/config/json-schema.test.ts --update
 */
import { readdir, readFile } from "node:fs/promises";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { catalogueJsonSchema } from "../../src/config/json-schema.ts";

const fixtures = "test/fixtures/catalogues";
const schema = catalogueJsonSchema();
const validator = z.fromJSONSchema(schema);

async function read(path: string): Promise<unknown> {
  return parse(await readFile(path, "utf8"), { merge: true, stringKeys: true, uniqueKeys: false });
}

test("schema/modeshift.schema.json is current", async () => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    "../../schema/modeshift.schema.json",
  );
});

test("it is draft 2020-12 and says something of every field", () => {
  expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
  const fields = Object.entries(schema["properties"] as Record<string, { description?: string }>);
  expect(fields.filter(([, field]) => field.description === undefined)).toEqual([]);
});

describe("what loads passes the schema", () => {
  const good = ["bom-crlf.yaml", "custom-supervisor.yaml", "full.yaml", "minimal.yaml", "tabs.json"];
  test.each(good.map((name) => `${fixtures}/good/${name}`).concat("examples/rover/modeshift.yaml"))(
    "%s",
    async (path) => {
      const result = validator.safeParse(await read(path));

      expect(result.error?.issues ?? []).toEqual([]);
    },
  );
});

test("what the schema can know is refused by it too", async () => {
  const names = [
    "a-list.yaml",
    "durations.yaml",
    "nothing.yaml",
    "string-command.yaml",
    "typos.yaml",
    "wrong-kinds.yaml",
  ];
  expect(await readdir(`${fixtures}/bad`)).toEqual(expect.arrayContaining(names));
  for (const name of names) {
    expect(validator.safeParse(await read(`${fixtures}/bad/${name}`)).success, name).toBe(false);
  }
});

test("docs/reference/config.md has every field", async () => {
  const page = await readFile("docs/reference/config.md", "utf8");
  const fields = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const properties = "properties" in value ? value.properties : undefined;
    if (typeof properties === "object" && properties !== null) {
      for (const field of Object.keys(properties)) fields.add(field);
    }
    for (const inner of Object.values(value)) collect(inner);
  };
  collect(schema);

  expect(fields.size).toBeGreaterThan(40);
  expect(
    [...fields].filter(
      (field) => !new RegExp(`\`(?:\\w+\\.)?${field.replace("$", "\\$")}(?:\\.\\w+)?\``).test(page),
    ),
  ).toEqual([]);
});
