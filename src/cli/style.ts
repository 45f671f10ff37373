/**
 * Colours, marks and widths for terminals; plain text everywhere else.
 *
 * Honours NO_COLOR, FORCE_COLOR and TERM=dumb, and falls back to ASCII marks outside UTF-8 locales.
 */
import { styleText } from "node:util";
import { asTypedBy, type GivenTarget } from "./advice.ts";
import type { CliHost, CliOutput } from "./cli-host.ts";

type Format = Parameters<typeof styleText>[0];

/** The marks that tables, bars and trees are drawn with. */
export interface Marks {
  readonly full: string;
  readonly half: string;
  readonly wait: string;
  readonly rule: string;
  readonly bar: string;
  readonly arrow: string;
  readonly ok: string;
  readonly bad: string;
  readonly dot: string;
  readonly ring: string;
  readonly chain: string;
  readonly branch: string;
  readonly separator: string;
  /** Where text was cut off. */
  readonly more: string;
}

const unicode: Marks = {
  full: "█",
  half: "▒",
  wait: "░",
  rule: "─",
  bar: "│",
  arrow: "→",
  ok: "✓",
  bad: "✗",
  dot: "●",
  ring: "○",
  chain: "◀",
  branch: "└",
  separator: " · ",
  more: "…",
};

const ascii: Marks = {
  full: "#",
  half: "=",
  wait: ".",
  rule: "-",
  bar: "|",
  arrow: "->",
  ok: "ok",
  bad: "x",
  dot: "*",
  ring: "o",
  chain: "<",
  branch: "`",
  separator: ", ",
  more: "~",
};

/** How to write to one stream. */
export interface Style {
  /** Someone looks at it: redraws are allowed. */
  readonly terminal: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Where a long line is broken: the terminal's width; Infinity where there is no terminal, or it does not say. */
  readonly breakAt: number;
  readonly marks: Marks;
  paint(format: Format, text: string): string;
  /** The text with the command lines in it as this user has to type them. */
  typed(text: string): string;
  /** `Next:`, and what to do: what every error ends with. */
  next(text: string): string;
}

/** The style of a stream, judged by the stream and the environment. `given`: what goes into command lines. */
export function styleOf(stream: CliOutput, env: CliHost["env"], given: GivenTarget = {}): Style {
  const dumb = env["TERM"] === "dumb";
  const terminal = stream.isTTY === true && !dumb;
  const forced = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0";
  const colour = forced || (terminal && (env["NO_COLOR"] ?? "") === "");
  const paint: Style["paint"] = (format, text) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const typed = asTypedBy(env, given);
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => (value ?? "") !== "") ?? "";
  return {
    terminal,
    get columns() {
      return sizeOf(stream.columns, 40, 80);
    },
    get rows() {
      return sizeOf(stream.rows, 8, 24);
    },
    get breakAt() {
      return terminal && (stream.columns ?? 0) > 0 ? this.columns : Infinity;
    },
    marks: locale === "" || /utf-?8/i.test(locale) ? unicode : ascii,
    paint,
    typed,
    next: (text) => `${paint("bold", "Next:")} ${typed(text)}`,
  };
}

/** A terminal that does not know its size says 0. */
function sizeOf(told: number | undefined, least: number, otherwise: number): number {
  return told === undefined || told === 0 ? otherwise : Math.max(least, told);
}
