/**
 * A document as it was read, before anyone has judged it: scalars, lists, and Maps (never objects, so that a node
 * called `__proto__` or `2` keeps its name and its place).
 */

/** A value of a document. `unknown` stands for scalars and for anything else a program may have put there. */
export type Tree = unknown;

/** A mapping of a document, in its own order. */
export type TreeMap = ReadonlyMap<string, Tree>;

/** Deeper than any sensible catalogue; ends circular values. */
export const maxDepth = 64;

/** Whether the value is a mapping. */
export function isTreeMap(tree: Tree): tree is TreeMap {
  return tree instanceof Map;
}

/** Whether the value is a list. */
export function isTreeList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

/** A JavaScript value as a tree: plain objects become Maps, fields that are undefined are dropped. */
export function treeOf(value: unknown, depth = 0): Tree {
  if (typeof value !== "object" || value === null || depth > maxDepth) return value;
  if (isTreeList(value)) return value.map((item) => treeOf(item, depth + 1));
  if (!isTreeMap(value) && !isPlainObject(value)) return value;
  const entries = isTreeMap(value) ? [...value] : Object.entries(value);
  const present = entries.filter(([, item]) => item !== undefined);
  return new Map(present.map(([key, item]) => [key, treeOf(item, depth + 1)]));
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The value in a few words, for messages. */
export function describeTree(tree: Tree): string {
  if (tree === null || tree === undefined) return "nothing";
  if (isTreeList(tree)) return tree.length === 0 ? "an empty list" : "a list";
  if (isTreeMap(tree)) {
    return tree.size === 0 ? "an empty mapping" : `a mapping with ${[...tree.keys()].slice(0, 3).join(", ")}`;
  }
  if (typeof tree === "string") return quote(tree);
  if (typeof tree === "number") return `the number ${tree}`;
  if (typeof tree === "boolean") return `${tree}`;
  return typeof tree === "function" ? "a function" : "a value of another kind";
}

/** The text in quotes, cut to a length that fits a message. */
export function quote(text: string): string {
  return text.length <= 60 ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, 57)).slice(0, -1)}..."`;
}
