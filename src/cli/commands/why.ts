/** `modeshift why <node|request>`: the chain of causes behind a node's state or a request's outcome. */
import { listWords, nearest } from "../../config/words.ts";
import { stateText } from "../../modes/health.ts";
import { didYouMean, shellWord } from "../advice.ts";
import { explain, type Cause } from "../causes.ts";
import { connect } from "../connect.ts";
import { printMessage, type ModeMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import { CliFault } from "../fault.ts";
import type { ManagerLink } from "../manager-link.ts";
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
    const cause = explain(events, subject) ?? (await withoutEvents(link, subject, subjectsIn(events)));
    if (options.json === true) out.line(printMessage({ subject, cause }));
    else printCause(cause, out, "", "");
    return exitCodes.done;
  } finally {
    await link.close();
  }
};

/** Of what the events do not know: a node that has not run. @throws NODE_UNKNOWN, when it is no node either */
async function withoutEvents(
  link: ManagerLink,
  subject: string,
  subjects: readonly string[],
): Promise<Cause> {
  const [modes, { state }] = await Promise.all([link.modes(), link.state()]);
  const nodes = new Set([...modes.flatMap((mode) => mode.nodes), ...state.nodes.keys()]);
  if (nodes.has(subject)) {
    const because = [{ text: listing(subject, modes, state.mode), because: [] }];
    return { text: `${subject} ${stateText(state.nodes.get(subject))}`, because };
  }
  throw new CliFault(
    "NODE_UNKNOWN",
    `Nothing is known of '${subject}': it is no node and no request among the last events.`,
    nextTo(subject, modes, nearest(subject, [...subjects, ...nodes])),
  );
}

/** Which modes want the node. */
function listing(node: string, modes: readonly ModeMessage[], current: string | null): string {
  if (current === null) return "no mode has settled yet";
  const names = modes.filter((mode) => mode.nodes.includes(node)).map(({ name }) => name);
  if (names.includes(current)) return `mode ${current} lists it`;
  const elsewhere =
    names.length === 0 ? "no mode does" : `${listWords(names, 5)} ${names.length === 1 ? "does" : "do"}`;
  return `mode ${current} does not list it, ${elsewhere}`;
}

function nextTo(subject: string, modes: readonly ModeMessage[], near: string | undefined): string {
  if (modes.some(({ name }) => name === subject)) {
    return `modeshift plan ${shellWord(subject)} shows what a switch to that mode would do`;
  }
  return didYouMean(near, "why", "modeshift events shows what there is");
}

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
