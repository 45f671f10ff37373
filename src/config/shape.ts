/**
 * Holds a tree against the schema and keeps what fits: every misfit becomes a finding, and the rest is handed on, so
 * that the rules in build-*.ts can find their problems in the same run.
 *
 * zod's own parsing is used for leaves only: its records lose a key called `__proto__` and its unions do not say which
 * branch was meant.
 */
import * as z from "zod";
import { commandKind, splitCommand } from "./command-words.ts";
import type { Path } from "./problem.ts";
import type { Review } from "./review.ts";
import { describeTree, isTreeList, isTreeMap, type Tree, type TreeMap } from "./tree.ts";
import { listWords, nearest } from "./words.ts";

/** What comes out for a schema: records as Maps, every field and list item possibly missing because it was bad. */
export type Shaped<S> =
  S extends z.ZodOptional<infer Inner>
    ? Shaped<Inner> | undefined
    : S extends z.ZodNullable<infer Inner>
      ? Shaped<Inner> | null
      : S extends z.ZodRecord<infer _Key, infer Value>
        ? ReadonlyMap<string, Shaped<Value> | undefined>
        : S extends z.ZodObject<infer Fields>
          ? { readonly [Field in keyof Fields]?: Shaped<Fields[Field]> | undefined }
          : S extends z.ZodArray<infer Item>
            ? readonly (Shaped<Item> | undefined)[]
            : S extends z.ZodUnion<infer Options>
              ? Shaped<Options[number]>
              : z.output<S>;

/** The part of `tree` that fits `schema`; undefined when nothing does. The rest is reported to `review`. */
export function shape<S extends z.ZodType>(schema: S, tree: Tree, review: Review): Shaped<S> | undefined {
  // The walk builds exactly what Shaped<S> says, which the compiler cannot follow through instanceof.
  return new Reader(review).read(schema, tree, []) as Shaped<S> | undefined;
}

class Reader {
  readonly #review: Review;

  constructor(review: Review) {
    this.#review = review;
  }

  read(schema: z.core.$ZodType, tree: Tree, path: Path): unknown {
    if (schema instanceof z.ZodOptional) {
      return tree === null ? undefined : this.read(schema.unwrap(), tree, path);
    }
    if (schema instanceof z.ZodNullable) return tree === null ? null : this.read(schema.unwrap(), tree, path);
    if (schema instanceof z.ZodUnion) return this.#union(schema, tree, path);
    if (schema instanceof z.ZodObject) {
      return isTreeMap(tree) ? this.#object(schema, tree, path) : this.#misfit(schema, tree, path);
    }
    if (schema instanceof z.ZodRecord) {
      return isTreeMap(tree) ? this.#record(schema, tree, path) : this.#misfit(schema, tree, path);
    }
    if (schema instanceof z.ZodArray) {
      return isTreeList(tree) ? this.#list(schema, tree, path) : this.#misfit(schema, tree, path);
    }
    return this.#leaf(schema, tree, path);
  }

  /** The branch that the author meant, judged by the kind of value and then by the keys it uses. */
  #union(schema: z.ZodUnion, tree: Tree, path: Path): unknown {
    if (isTreeList(tree)) {
      const list = schema.options.find((option) => option instanceof z.ZodArray);
      return list === undefined ? this.#misfit(schema, tree, path) : this.read(list, tree, path);
    }
    if (!isTreeMap(tree)) return this.#leaf(schema, tree, path);
    const objects = schema.options.filter((option) => option instanceof z.ZodObject);
    const fields = objects.map((option) => this.#fieldsOf(option).map(([written]) => written));
    const fits = fields.map((written) => written.filter((field) => tree.has(field)).length);
    const best = Math.max(...fits);
    const meant = objects[fits.indexOf(best)];
    if (meant !== undefined && (best > 0 || objects.length === 1)) return this.read(meant, tree, path);
    // With several kinds of mapping, one that shares no key with any of them does not tell which was meant.
    const near = [...tree.keys()].find((key) => nearest(key, fields.flat()) !== undefined);
    if (near === undefined) return this.#misfit(schema, tree, path);
    this.#unknownKey(near, fields.flat(), path);
    return undefined;
  }

  #object(schema: z.ZodObject, tree: TreeMap, path: Path): unknown {
    const fields = this.#fieldsOf(schema);
    const written = new Map(fields);
    for (const key of tree.keys()) {
      if (!written.has(key) && !isExtension(key, path)) this.#unknownKey(key, written.keys(), path);
    }
    const shaped: Record<string, unknown> = {};
    const schemas: Readonly<Record<string, unknown>> = schema.shape;
    for (const [key, field] of fields) {
      const inner = schemas[field];
      if (!(inner instanceof z.ZodType)) continue;
      if (tree.has(key)) shaped[field] = this.read(inner, tree.get(key), [...path, key]);
      else if (!(inner instanceof z.ZodOptional)) {
        this.#review.report(path, `'${key}' is missing`, `Add ${key}: ${describeUse(inner)}`);
      }
    }
    return shaped;
  }

  #record(schema: z.ZodRecord, tree: TreeMap, path: Path): unknown {
    const shaped = new Map<string, unknown>();
    for (const [key, value] of tree) {
      const at = [...path, key];
      const judged = z.safeParse(schema.keyType, key);
      if (!judged.success) {
        this.#review.report(
          at,
          `expected ${firstMessage(judged.error)}, found ${describeTree(key)}`,
          "Rename it.",
          "key",
        );
      }
      shaped.set(key, this.read(schema.valueType, value, at));
    }
    return shaped;
  }

  #list(schema: z.ZodArray, tree: readonly Tree[], path: Path): unknown {
    const items = tree.map((item, index) => this.read(schema.element, item, [...path, index]));
    // Only the list's own conditions (its length) are still open: the items have been judged.
    const own = z.safeParse(schema, tree);
    const tooShort = own.success ? undefined : own.error.issues.find((issue) => issue.path.length === 0);
    if (tooShort !== undefined) this.#misfit(schema, tree, path);
    return items;
  }

  #leaf(schema: z.core.$ZodType, tree: Tree, path: Path): unknown {
    const judged = z.safeParse(schema, tree);
    if (judged.success) return judged.data;
    const scalar = scalarIn(tree);
    const again = scalar === undefined ? undefined : z.safeParse(schema, scalar);
    if (again?.success === true) return again.data;
    return this.#misfit(schema, tree, path);
  }

  #misfit(schema: z.core.$ZodType, tree: Tree, path: Path): undefined {
    const judged = z.safeParse(schema, tree);
    const expected = judged.success ? "something else" : firstMessage(judged.error);
    this.#review.report(
      path,
      `expected ${expected}, found ${describeTree(tree)}`,
      this.#remedy(schema, tree, expected),
    );
  }

  #remedy(schema: z.core.$ZodType, tree: Tree, expected: string): string {
    if (typeof tree === "string") {
      const near = nearest(tree, choicesOf(schema));
      if (near !== undefined) return `Did you mean '${near}'?`;
      const isCommand = metaOf(schema)?.["kind"] === commandKind;
      if (isCommand) return `Write the words as a list: ${this.#review.list(splitCommand(tree))}`;
      if (isListOrAlso(schema)) return `Write a list: ${this.#review.list([tree])}`;
    }
    if (schema instanceof z.ZodString && (typeof tree === "number" || typeof tree === "boolean")) {
      return `Put it in quotes: "${tree}"`;
    }
    return schema instanceof z.ZodEnum ? "Choose one of them." : (exampleOf(schema) ?? `Write ${expected}.`);
  }

  #unknownKey(key: string, known: Iterable<string>, path: Path): void {
    const all = [...known].filter((word) => !word.startsWith("$"));
    const near = nearest(key, all);
    const remedy =
      near === undefined ? `Remove it. Known here: ${listWords(all, 20)}.` : `Did you mean '${near}'?`;
    this.#review.report([...path, key], `unknown key '${key}'`, remedy, "key");
  }

  /** The fields of an object as the author spells them, with the schema's own names. */
  #fieldsOf(schema: z.ZodObject): readonly (readonly [written: string, field: string])[] {
    return Object.keys(schema.shape).map((field) => [this.#review.word(field), field]);
  }
}

/** Top-level `x-*` keys belong to the author. */
function isExtension(key: string, path: Path): boolean {
  return path.length === 0 && key.startsWith("x-");
}

/** A number or truth value written as text, as `${PORT}` yields. */
function scalarIn(tree: Tree): number | boolean | undefined {
  if (typeof tree !== "string") return undefined;
  if (tree === "true" || tree === "false") return tree === "true";
  return /^-?\d+(?:\.\d+)?$/.test(tree) ? Number(tree) : undefined;
}

/** Whether a list may stand here. */
function isListOrAlso(schema: unknown): boolean {
  return schema instanceof z.ZodArray || (schema instanceof z.ZodUnion && schema.options.some(isListOrAlso));
}

/** The words that a schema allows. */
function choicesOf(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  return schema instanceof z.ZodUnion ? schema.options.flatMap(choicesOf) : [];
}

function firstMessage(error: z.core.$ZodError): string {
  return error.issues[0]?.message ?? "something else";
}

function metaOf(schema: z.core.$ZodType): z.core.GlobalMeta | undefined {
  return z.globalRegistry.get(schema);
}

function exampleOf(schema: z.core.$ZodType): string | undefined {
  const examples = metaOf(schema)?.["examples"];
  if (!Array.isArray(examples) || examples.length === 0) return undefined;
  const written = examples
    .slice(0, 4)
    .map((example) => (typeof example === "string" ? example : JSON.stringify(example)));
  return `Write for example ${written.join(", ")}.`;
}

function describeUse(schema: z.core.$ZodType): string {
  const description = metaOf(schema)?.description ?? "it is required.";
  return description.charAt(0).toLowerCase() + description.slice(1);
}
