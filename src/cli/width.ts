/**
 * Text in columns: what a string takes up on a terminal, padding, cutting, and taking the teeth out of foreign text.
 *
 * Pure.
 */
import { stripVTControlCharacters } from "node:util";

const wide =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|[\uff01-\uff60]/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const graphemes = new Intl.Segmenter();

/** Columns that a text takes up. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of graphemes.segment(plain)) {
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
  for (const { segment } of graphemes.segment(text)) {
    if (widthOf(kept + segment) >= width) break;
    kept += segment;
  }
  return `${kept}${mark}`;
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
