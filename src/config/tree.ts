/**
 * A document as it was read, before anyone has judged it: scalars, lists, and Maps (never objects, so that a node
 * called `__proto__` or `2` keeps its name and its place).
 */
import { messageOf } from "../errors.ts";

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

/** What a program put where no document has anything of the kind; `what` completes "found ...". */
class Unreadable {
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }
}

/** Ten times what ten thousand nodes are made of; a bound on what a value that contains itself twice unfolds to. */
const maxValues = 1_000_000;

/**
 * A JavaScript value as a tree: plain objects become Maps, fields that are undefined are dropped. Never throws, whatever
 * getters and proxies do (I13).
 */
export function treeOf(value: unknown): Tree {
  const unfolding = { values: 0 };
  const tree = unfold(value, 0, unfolding);
  return unfolding.values > maxValues ? new Unreadable(`more than ${maxValues} values`) : tree;
}

function unfold(value: unknown, depth: number, unfolding: { values: number }): Tree {
  unfolding.values++;
  if (typeof value !== "object" || value === null) return value;
  if (depth > maxDepth || unfolding.values > maxValues) return new Unreadable("something nested too deeply");
  try {
    if (isTreeList(value)) {
      unfolding.values += value.length;
      if (unfolding.values > maxValues) return undefined;
      return Array.from(value, (item) => unfold(item, depth + 1, unfolding));
    }
    if (!isTreeMap(value) && !isPlainObject(value)) return new Unreadable("an object of a class");
    const entries: readonly (readonly [unknown, unknown])[] = isTreeMap(value)
      ? [...value]
      : Object.entries(value);
    const isNamed = entries.every(([key]) => typeof key === "string");
    if (!isNamed) return new Unreadable("a Map with keys that are no strings");
    const present = entries.filter(([, item]) => item !== undefined);
    return new Map(present.map(([key, item]) => [key, unfold(item, depth + 1, unfolding)]));
  } catch (error) {
    return new Unreadable(`an object that cannot be read (${messageOf(error)})`);
  }
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
  if (tree instanceof Unreadable) return tree.what;
  if (typeof tree === "string") return quote(tree);
  if (typeof tree === "number") return `the number ${tree}`;
  if (typeof tree === "boolean") return `${tree}`;
  return typeof tree === "function" ? "a function" : "a value of another kind";
}

/** The text in quotes, cut to a length that fits a message. */
export function quote(text: string): string {
  return text.length <= 60 ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, 57)).slice(0, -1)}..."`;
}
