/**
 * The text of a catalogue file as a tree with places: YAML 1.2, and JSON, which is YAML.
 *
 * Names stay as they are written (a mode may be called 2 or true), order is kept, a key given twice is a problem.
 * Anchors and merge keys (`<<`) are resolved. Text that could exhaust the machine is refused before it is parsed (I13).
 */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Alias, type YAMLMap } from "yaml";
import type { Finding, Path, Place } from "./problem.ts";
import { isTreeMap, maxDepth, type Tree, type TreeMap } from "./tree.ts";
import { syntaxFindings } from "./yaml-syntax.ts";

/** A file's text, read. */
export interface YamlDocument {
  readonly tree: Tree;
  /** What is wrong with the text itself. Syntax errors leave no tree worth looking at. */
  readonly findings: readonly Finding[];
  readonly isReadable: boolean;
  readonly locate: (finding: Finding) => Place;
}

/** A hundred times the largest sensible catalogue; a bound on what aliases of aliases can unfold to. */
const maxValues = 200_000;

/** Reads the text of a file. Never throws. */
export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = syntaxFindings(text, lines);
  if (syntax.document === undefined) {
    return {
      tree: undefined,
      findings: syntax.findings,
      isReadable: false,
      locate: (finding) => place(syntax.offsets.get(finding) ?? 0),
    };
  }
  const unfolding = new Unfolding();
  const tree = unfolding.unfold(syntax.document.contents, []);
  return {
    tree,
    findings: unfolding.findings,
    isReadable: true,
    locate: (finding) => place(unfolding.offsetOf(finding)),
  };
}

const tooMuchText = "the document is nested too deeply or unfolds to too much";

class Unfolding {
  readonly findings: Finding[] = [];
  readonly #keyOffsets = new Map<string, number>();
  readonly #valueOffsets = new Map<string, number>();
  readonly #anchors = new Map<string, unknown>();
  #values = 0;
  #isInAlias = false;

  /** Where a finding points: at its key or value, else at the nearest thing around it. */
  offsetOf(finding: Finding): number {
    const own = finding.at === "key" ? this.#keyOffsets.get(keyOf(finding.path)) : undefined;
    if (own !== undefined) return own;
    for (let length = finding.path.length; length >= 0; length--) {
      const offset = this.#valueOffsets.get(keyOf(finding.path.slice(0, length)));
      if (offset !== undefined) return offset;
    }
    return 0;
  }

  unfold(node: unknown, path: Path): Tree {
    this.#values++;
    if (path.length > maxDepth || this.#values > maxValues) return this.#tooMuch(path);
    if (!isNode(node)) return null;
    // Inside an alias everything is found where the alias is, not where its anchor is.
    if (!this.#isInAlias) this.#valueOffsets.set(keyOf(path), offsetOf(node));
    if (isAlias(node)) return this.#alias(node, path);
    if (node.anchor !== undefined && !this.#isInAlias) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#map(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.unfold(item, [...path, index]));
    return isScalar(node) ? node.value : null;
  }

  #alias(alias: Alias, path: Path): Tree {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      const message = `no anchor is called '${alias.source}'`;
      this.#report(path, message, `Write &${alias.source} before the value that is meant, above this line.`);
      return undefined;
    }
    return this.#unfoldElsewhere(target, path);
  }

  #unfoldElsewhere(node: unknown, path: Path): Tree {
    const wasInAlias = this.#isInAlias;
    this.#isInAlias = true;
    const tree = this.unfold(node, path);
    this.#isInAlias = wasInAlias;
    return tree;
  }

  #map(node: YAMLMap, path: Path): Tree {
    const own = new Map<string, Tree>();
    const merged = new Map<string, Tree>();
    for (const { key, value } of node.items) {
      const name = nameOf(key);
      if (name === undefined) {
        this.#report(path, "a key that is a list or a mapping", "Write a plain name before the colon.");
      } else if (isMergeKey(key)) {
        addMissing(merged, this.#merged(value, path));
      } else {
        const at = [...path, name];
        if (!this.#isInAlias) this.#keyOffsets.set(keyOf(at), offsetOf(key));
        if (own.has(name)) {
          this.findings.push({
            path: at,
            at: "key",
            message: `'${name}' is given twice`,
            remedy: "Keep one of them.",
          });
        } else own.set(name, this.unfold(value, at));
      }
    }
    addMissing(own, merged);
    return own;
  }

  /** The entries that `<<` brings: of one mapping, or of a list of them, where the first wins. */
  #merged(value: unknown, path: Path): TreeMap {
    const entries = new Map<string, Tree>();
    for (const source of isSeq(value) ? value.items : [value]) {
      const tree = this.#unfoldElsewhere(source, path);
      if (isTreeMap(tree)) addMissing(entries, tree);
      else {
        this.#report(
          path,
          "'<<' merges mappings only",
          "Write <<: *anchor, where the anchor marks a mapping.",
        );
      }
    }
    return entries;
  }

  #tooMuch(path: Path): undefined {
    if (this.findings.some((finding) => finding.message === tooMuchText)) return;
    this.#report(
      path.slice(0, 4),
      tooMuchText,
      "Look for an alias inside its own anchor, or aliases of aliases.",
    );
  }

  #report(path: Path, message: string, remedy: string): void {
    this.findings.push({ path, at: "value", message, remedy });
  }
}

function addMissing(entries: Map<string, Tree>, others: TreeMap): void {
  for (const [name, tree] of others) if (!entries.has(name)) entries.set(name, tree);
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === "<<" && key.type === "PLAIN";
}

/** A key as written: `2` and `true` are names too. */
function nameOf(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  if (typeof key.value === "string") return key.value;
  return key.source ?? String(key.value);
}
