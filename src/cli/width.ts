/**
 * Text in columns: what a string takes up on a terminal, padding, cutting, and taking the teeth out of foreign text.
 *
 * Pure.
 */
import { stripVTControlCharacters } from "node:util";
import type { Style } from "./style.ts";

const wide =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|[\uff01-\uff60]/u;
/** Not between a number and its unit, and not before a separator. */
const betweenWords = /(?<!\d) (?!·)| (?!(?:ms|s|m|h|d)\b|·)/;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** Made when first needed: that takes 10 ms, more than most commands have to say is worth. */
let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): Iterable<Intl.SegmentData> {
  return (segmenter ??= new Intl.Segmenter()).segment(text);
}

/** Columns that a text takes up. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of graphemes(plain)) {
    if (wide.test(segment)) width += 2;
    else if (!invisible.test(segment)) width += 1;
  }
  return width;
}

/** The text and blanks up to that width. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** The text, cut to that width with a mark (one column wide) at the end when it is longer. Plain text only. */
export function cut(text: string, width: number, mark = "…"): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  for (const { segment } of graphemes(text)) {
    if (widthOf(kept + segment) >= width) break;
    kept += segment;
  }
  return `${kept}${mark}`;
}

/**
 * A line as lines that fit the width, broken between words only; those after the first begin at column `hang` (absent:
 * two after where it began), at most half of the width from the left.
 */
export function broken(line: string, { breakAt }: Pick<Style, "breakAt">, hang?: number): readonly string[] {
  return widthOf(line) <= breakAt ? [line] : fill(line.split(betweenWords), breakAt, hang);
}

/** Names after a few words, separated by commas: one line, or on a terminal several, never broken inside a name. */
export function listed(
  head: string,
  names: readonly string[],
  { breakAt }: Pick<Style, "breakAt">,
  { hang, most = Infinity }: { readonly hang?: number; readonly most?: number } = {},
): string {
  const shown = names.slice(0, most);
  const words = shown.map((name, index) => (index < shown.length - 1 ? `${name},` : name));
  if (names.length > most) words.push(`and ${names.length - most} more`);
  return fill([...head.split(" "), ...words], breakAt, hang).join("\n");
}

/** Words in as many lines as they need. */
export function fill(words: readonly string[], columns: number, hang?: number): readonly string[] {
  const begin = stripVTControlCharacters(words.join(" ")).search(/\S|$/);
  const indent = " ".repeat(Math.min(hang ?? begin + 2, Math.floor(Math.min(columns, 200) / 2)));
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of words) {
    if (line === undefined) line = word;
    else if (isBlank(line) || widthOf(line) + 1 + widthOf(word) <= columns) line += ` ${word}`;
    else if (word !== "") {
      lines.push(line.trimEnd());
      line = `${indent}${word}`;
    }
  }
  return [...lines, line ?? ""];
}

function isBlank(line: string): boolean {
  return stripVTControlCharacters(line).trim() === "";
}

/** The widest of some texts. */
export function widest(texts: Iterable<string>): number {
  let most = 0;
  for (const text of texts) most = Math.max(most, widthOf(text));
  return most;
}

/** Foreign text without anything that would move the cursor or rewrite the screen. */
export function tame(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll("\t", "    ")
    .replaceAll(/\p{Cc}/gu, "\ufffd");
}

/** `38 ms`, `1.42 s`, `3 m 5 s`, `2 h 4 m`, `5 d 2 h`. */
export function duration(ms: number): string {
  const rounded = Math.max(0, Math.round(ms));
  if (rounded < 1000) return `${rounded} ms`;
  if (rounded < 60_000) return `${(rounded / 1000).toFixed(rounded < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(rounded / 60_000);
  if (minutes < 60) return `${minutes} m ${Math.floor((rounded % 60_000) / 1000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} m` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `14:03:07.214`, local time. */
export function clockTime(at: number): string {
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const ms = String(time.getMilliseconds()).padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}
