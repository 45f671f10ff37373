/** `modeshift why <node|request>`: the chain of causes behind a node's state or a request's outcome. */
import { nearest } from "../../config/words.ts";
import { shellWord } from "../advice.ts";
import { explain, type Cause } from "../causes.ts";
import { connect } from "../connect.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import { CliFault } from "../fault.ts";
import { foremostSubject, subjectsIn } from "../subjects.ts";
import type { CommandAction, Printer } from "../session.ts";
import { tame } from "../width.ts";

const reachesBack = 2000;

/** See the file header. */
export const why: CommandAction = async (session, [given]) => {
  const { out, options } = session;
  const link = await connect(session);
  try {
    const events = await link.history(reachesBack);
    const subject = given ?? foremostSubject(events);
    if (subject === undefined) {
      out.line(options.json === true ? printMessage({ subject: null }) : "No mode has been asked for yet.");
      return exitCodes.done;
    }
    const cause = explain(events, subject);
    if (cause === undefined) {
      const near = nearest(subject, subjectsIn(events));
      throw new CliFault(
        "NODE_UNKNOWN",
        `Nothing is known of '${subject}': it is no node that ran and no request among the last events.`,
        near === undefined
          ? "modeshift events shows what there is"
          : `did you mean '${near}'? modeshift why ${shellWord(near)}`,
      );
    }
    if (options.json === true) out.line(printMessage({ subject, cause }));
    else printCause(cause, out, "", "");
    return exitCodes.done;
  } finally {
    await link.close();
  }
};

function printCause(cause: Cause, out: Printer, first: string, rest: string): void {
  out.line(`${first}${out.typed(tame(cause.text))}`, Math.max(2, rest.length));
  for (const detail of cause.details ?? []) {
    out.line(out.paint("dim", `${rest}  ${out.marks.bar} ${tame(detail)}`), rest.length + 4);
  }
  for (const other of cause.because) {
    const branch = out.paint("dim", `${out.marks.branch} `);
    printCause(other, out, `${rest}${branch}`, `${rest}${" ".repeat(out.marks.branch.length + 1)}`);
  }
}
