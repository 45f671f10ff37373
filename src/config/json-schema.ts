/**
 * The JSON Schema of catalogue files, for editors: generated from schema.ts, kept in schema/modeshift.schema.json.
 *
 * It says what one value alone may be; what must fit together only loading tells. Numbers, truth values and choices
 * may also be text with `${VAR}` in it, which is filled in later.
 */
import * as z from "zod";
import { documentSchema, namePattern } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The schema (draft 2020-12) as a JSON value. */
export function catalogueJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(documentSchema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => adapt(zodSchema, jsonSchema),
  });
  const { $schema, ...rest } = schema;
  return {
    $schema,
    title: "modeshift catalogue",
    ...rest,
    patternProperties: { "^x-": { description: "Yours; ignored." } },
  };
}

/** namePattern for validators that know no Unicode classes: it lets unpaired surrogates through, which loading refuses. */
const plainNamePattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]{1,64}$";

const withVariable = { type: "string", pattern: "\\$\\{" } as const;

function adapt(schema: z.core.$ZodType, json: JsonSchema): void {
  // For shape.ts, not for editors.
  Reflect.deleteProperty(json, "kind");
  // The format of a URL says nothing of its protocol.
  if (json.format === "uri") json.pattern = "^https?:";
  if (json.pattern === namePattern.source) json.pattern = plainNamePattern;
  if (!refusesVariables(schema, json)) return;
  const { description, examples, ...own } = json;
  for (const key of Object.keys(json)) Reflect.deleteProperty(json, key);
  if (description !== undefined) json.description = description;
  if (examples !== undefined) json["examples"] = examples;
  json.anyOf = [own, withVariable];
}

/** Whether a text with a variable in it would not pass. */
function refusesVariables(schema: z.core.$ZodType, json: JsonSchema): boolean {
  const isChoice = schema instanceof z.ZodBoolean || schema instanceof z.ZodEnum;
  if (isChoice || schema instanceof z.ZodNumber) return true;
  if (json.type !== "string") return false;
  return (
    json.format !== undefined || (json.pattern !== undefined && !new RegExp(json.pattern, "u").test("${X}"))
  );
}
