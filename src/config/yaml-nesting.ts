/**
 * How deep a YAML text nests, told before the parser, which recurses, sees it (I13).
 *
 * A text that could nest too deep by the look of its brackets and indentation is looked at token by token: brackets in
 * quotes, comments and literal texts are no nesting, and two hundred nodes may well wait for a line with a `[` in it.
 */
import { Lexer } from "yaml";

/** More than any catalogue needs, and far from what the parser's recursion can bear. */
const maxNesting = 200;

const tooMuchIndent = new RegExp(`^[ \\t?:-]{${maxNesting + 1}}`, "m");

/** Marks that the lexer puts between the pieces of the text. */
const marks = new Set(["\u0002", "\u0018", "\u001f"]);

/** The offset where brackets or indentation go deeper than any catalogue; undefined for sensible texts. */
export function tooDeepAt(text: string): number | undefined {
  if (!tooMuchIndent.test(text) && !hasDeepBrackets(text)) return undefined;
  const nesting = new Nesting();
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (marks.has(token)) continue;
    if (nesting.isTooDeepAfter(token)) return offset;
    offset += token.length;
  }
  return undefined;
}

function hasDeepBrackets(text: string): boolean {
  let open = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = Math.max(0, open + ("[{".includes(bracket) ? 1 : -1));
    if (open > maxNesting) return true;
  }
  return false;
}

class Nesting {
  #open = 0;
  #indent = 0;
  #isIndent = true;

  isTooDeepAfter(token: string): boolean {
    if (token === "[" || token === "{") this.#open++;
    if (token === "]" || token === "}") this.#open = Math.max(0, this.#open - 1);
    if (token.endsWith("\n")) [this.#indent, this.#isIndent] = [0, true];
    else if (this.#isIndent && /^[ \t?:-]+$/.test(token)) this.#indent += token.length;
    else this.#isIndent = false;
    return this.#open > maxNesting || (this.#indent > maxNesting && !token.startsWith("#"));
  }
}
