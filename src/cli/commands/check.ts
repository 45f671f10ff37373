/** `modeshift check [file]`: whether the catalogue is valid, and whether its invariants hold whatever happens. */
import { noteCatalogue, type CatalogueNote } from "../../config/catalogue-notes.ts";
import { ConfigError } from "../../config/problem.ts";
import type { PropertyReport, PropertyVerdict, VerificationReport } from "../../verify/report.ts";
import { verifyCatalogue } from "../../verify/verify-catalogue.ts";
import { shellWord } from "../advice.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { CliFault, reportOf } from "../fault.ts";
import { shownPath, type CommandAction, type Printer, type Session } from "../session.ts";
import { loadTarget, type LoadedTarget } from "../target.ts";
import { cut } from "../width.ts";

const exitCodeOf: Readonly<Record<PropertyVerdict, ExitCode>> = {
  holds: exitCodes.done,
  violated: exitCodes.nodeErrors,
  not_decided: exitCodes.notReached,
};

/** See the file header. */
export const check: CommandAction = async (session, [file]) => {
  const { out, options } = session;
  let target: LoadedTarget;
  try {
    target = await loadTarget(session, file);
  } catch (error) {
    return refuse(session, error, file);
  }
  const report = verify(session, target);
  const notes = noteCatalogue(target.catalogue);
  if (options.json === true) {
    out.line(printMessage({ file: target.source, valid: true, problems: [], notes, ...report }));
  } else printReport(shownPath(session, target.source), target, report, notes, out);
  return exitCodeOf[report.verdict];
};

/** Between two looks at what is being decided, ms. */
const shownEveryMs = 100;

/** A large catalogue takes a while: on a terminal it is shown what is being decided. */
function verify({ err, options }: Session, { catalogue }: LoadedTarget): VerificationReport {
  const shows = err.terminal && options.json !== true;
  let shownAt = -Infinity;
  return verifyCatalogue(catalogue, {
    onProgress: ({ done, total, property, part }) => {
      const isOver = done === total;
      if (!shows || (!isOver && performance.now() - shownAt < shownEveryMs)) return;
      shownAt = performance.now();
      const percent = part === 0 ? "" : `, ${Math.floor(part * 100)} %`;
      const line = cut(`${done + 1} of ${total}${percent}: ${property}`, err.columns - 1);
      err.raw(isOver ? "\r\u001b[K" : `\r\u001b[K${err.paint("dim", line)}`);
    },
  });
}

function printReport(
  source: string,
  { catalogue }: LoadedTarget,
  report: VerificationReport,
  notes: readonly CatalogueNote[],
  out: Printer,
): void {
  out.line(
    `${out.paint("green", out.marks.ok)} ${source}: ${count(catalogue.modes.size, "mode")}, ${count(catalogue.nodes.size, "node")}`,
  );
  for (const { path, message } of notes) out.line(`${out.paint("yellow", "note")} ${path}: ${message}`);
  const own = report.properties.slice(0, catalogue.invariants.length);
  const builtIn = report.properties.slice(catalogue.invariants.length);
  for (const property of own) printProperty(property, out);
  for (const [kind, properties] of grouped(builtIn)) {
    const held = properties.filter((property) => property.verdict === "holds");
    const count = properties.length === 1 ? "" : ` in ${held.length} of ${properties.length} modes`;
    if (held.length > 0) out.line(`${out.paint("green", out.marks.ok)} ${kind} holds${count}`);
    for (const property of properties) if (property.verdict !== "holds") printProperty(property, out);
  }
  if (report.verdict === "violated") {
    out.line(out.next("each violation says what to change; its steps show how it comes about"));
  } else if (report.verdict === "not_decided") {
    out.line(out.next("name fewer nodes in the invariants that are not decided"));
  }
}

function count(size: number, word: string): string {
  return `${size} ${word}${size === 1 ? "" : "s"}`;
}

/** `complete: teleop` is one of the kind `complete`. */
function grouped(properties: readonly PropertyReport[]): ReadonlyMap<string, readonly PropertyReport[]> {
  const groups = new Map<string, PropertyReport[]>();
  for (const property of properties) {
    const kind = property.property.split(":", 1)[0] ?? "";
    groups.set(kind, [...(groups.get(kind) ?? []), property]);
  }
  return groups;
}

function printProperty({ property, faults, verdict, trace, reason }: PropertyReport, out: Printer): void {
  const under = faults === "none" ? "" : ` under ${faults === "any" ? "any fault" : "failing starts"}`;
  if (verdict === "holds") out.line(`${out.paint("green", out.marks.ok)} ${property} holds${under}`);
  else if (verdict === "not_decided") {
    out.line(`${out.paint("yellow", "?")} ${property} is not decided: ${reason ?? ""}`);
  } else {
    out.line(
      `${out.paint("red", out.marks.bad)} ${property} is violated${under}${reason === undefined ? "" : `. ${reason}`}`,
    );
    for (const [index, step] of (trace ?? []).entries()) {
      out.line(`  ${String(index + 1).padStart(3)}. ${step}`);
    }
  }
}

/** With --json the problems are the answer, on stdout. */
function refuse({ out, options }: Session, error: unknown, file: string | undefined): ExitCode {
  if (!(error instanceof ConfigError)) throw error;
  if (options.json !== true) {
    const again = file === undefined ? "modeshift check" : `modeshift check ${shellWord(file)}`;
    throw new CliFault(error.code, error.message, `mend the lines above, then run ${again}`, {
      cause: error,
    });
  }
  out.line(printMessage({ valid: false, problems: error.problems }));
  return reportOf(error).exitCode;
}
