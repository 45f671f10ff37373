/** `modeshift check [file]`: whether the catalogue is valid, and whether its invariants hold whatever happens. */
import { ConfigError } from "../../config/problem.ts";
import type { Catalogue } from "../../modes/catalogue.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { reportOf } from "../fault.ts";
import type { CommandAction, Session } from "../session.ts";
import { loadTarget } from "../target.ts";

/** See the file header. */
export const check: CommandAction = async (session, [file]) => {
  const { out, options } = session;
  try {
    const { catalogue, source } = await loadTarget(session, file);
    if (options.json === true) out.line(printMessage({ file: source, valid: true, problems: [] }));
    else out.line(`${out.paint("green", out.marks.ok)} ${source}: ${sizeOf(catalogue)}`);
    return exitCodes.done;
  } catch (error) {
    return refuse(session, error);
  }
};

function sizeOf(catalogue: Catalogue): string {
  return `${catalogue.modes.size} modes, ${catalogue.nodes.size} nodes, ${catalogue.invariants.length} invariants`;
}

/** With --json the problems are the answer, on stdout. */
function refuse({ out, options }: Session, error: unknown): ExitCode {
  if (options.json !== true || !(error instanceof ConfigError)) throw error;
  out.line(printMessage({ valid: false, problems: error.problems }));
  return reportOf(error).exitCode;
}
