/**
 * `${VAR}` in the string values of a document, after parsing: a variable's content can never change the structure.
 *
 * `${VAR}`: unset is a problem; `${VAR:-default}`: for unset or empty; `${VAR:?message}`: unset or empty is a problem
 * with that message; `$$` is a dollar sign. Keys are left alone.
 */
import type { Path } from "./problem.ts";
import type { Review } from "./review.ts";
import { isTreeList, isTreeMap, type Tree } from "./tree.ts";

/** Variables by name; those that are undefined are unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The tree with every variable filled in. */
export function interpolate(tree: Tree, environment: Environment, review: Review, path: Path = []): Tree {
  if (typeof tree === "string") return tree.includes("$") ? fill(tree, environment, review, path) : tree;
  if (isTreeList(tree)) {
    return tree.map((item, index) => interpolate(item, environment, review, [...path, index]));
  }
  if (!isTreeMap(tree)) return tree;
  return new Map(
    [...tree].map(([key, value]) => [key, interpolate(value, environment, review, [...path, key])]),
  );
}

const reference = /\$\$|\$\{([^}]*)(\}?)/g;
const inside = /^([A-Za-z_][A-Za-z0-9_]*)(?::([-?])([^$]*))?$/;

function fill(text: string, environment: Environment, review: Review, path: Path): string {
  return text.replaceAll(reference, (written: string, body: string | undefined, end: string | undefined) => {
    if (written === "$$") return "$";
    const parts = end === "}" && body !== undefined ? inside.exec(body) : null;
    if (parts !== null) return valueOf(parts, environment, review, path);
    const remedy = "Write ${NAME}, ${NAME:-default} or ${NAME:?message}, or $$ for a dollar sign.";
    review.report(path, `'${written}' names no variable`, remedy);
    return "";
  });
}

function valueOf(parts: RegExpExecArray, environment: Environment, review: Review, path: Path): string {
  const [, name = "", operator, rest = ""] = parts;
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value !== undefined && (value !== "" || operator === undefined)) return value;
  if (operator === "-") return rest;
  const message = operator === "?" && rest !== "" ? rest : `the variable ${name} is not set`;
  review.report(path, message, `Set ${name} in the environment, or give a default: \${${name}:-default}.`);
  return "";
}
