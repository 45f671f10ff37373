/**
 * `modeshift switch <mode>`: asks for a mode, shows every node on its way there, and says how it went.
 *
 * Ctrl-C and `--timeout` end the wait, never the transition (I11). What is shown comes from the event stream; what
 * counts is the request's one result (I7).
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ManagerEvent } from "../../bus/event.ts";
import { codeOf, ModeshiftError } from "../../errors.ts";
import { requestIdForm, requestIdPattern } from "../../modes/request.ts";
import type { OnBusy } from "../../modes/catalogue.ts";
import type { TransitionResult } from "../../modes/result.ts";
import { connect } from "../connect.ts";
import { printMessage, type DoorRequest, type RequestAnswer } from "../door/door-messages.ts";
import { exitCodeOfOutcome, exitCodes, type ExitCode } from "../exit-codes.ts";
import { CliFault, Interrupted } from "../fault.ts";
import { untilInterrupted } from "../interruption.ts";
import type { ManagerLink } from "../manager-link.ts";
import { timeOption } from "../option-values.ts";
import type { CommandAction, OptionValues, Session } from "../session.ts";
import { warnOfStaleCatalogue } from "../stale-catalogue.ts";
import { SwitchView } from "../views/switch-view.ts";
import { resultLines } from "../views/result-text.ts";
import { timelineOf } from "../views/timeline.ts";
import { timelineLines } from "../views/timeline-text.ts";

/** How long after the result its last events may still be on their way. */
const straggleMs = 300;

/** See the file header. */
export const switchMode: CommandAction = async (session, [mode = ""], options) => {
  const asked = readRequest(mode, options);
  const timeoutMs = timeOption(options, "timeout");
  const link = await connect(session);
  const sending: Sending = { isSent: false };
  try {
    return asked.wait
      ? await waitFor(session, link, { asked, timeoutMs, sending })
      : await handOver(session, link, asked);
  } catch (error) {
    if (error instanceof Interrupted && sending.isSent) {
      session.err.line(
        `The wait was ended; request ${asked.id} goes on.\n${session.err.next(`modeshift status --watch, or modeshift why ${asked.id}`)}`,
      );
    }
    throw error;
  } finally {
    await link.close();
  }
};

function readRequest(mode: string, options: OptionValues): DoorRequest {
  const { by, id, onBusy, wait } = options;
  const ttl = timeOption(options, "deadline");
  if (onBusy !== undefined && onBusy !== "preempt" && onBusy !== "queue" && onBusy !== "reject") {
    throw new CliFault(
      "BAD_OPTION",
      `--on-busy is '${String(onBusy)}'.`,
      "use one of preempt, queue, reject",
    );
  }
  if (id !== undefined && (typeof id !== "string" || !requestIdPattern.test(id))) {
    throw new CliFault("BAD_OPTION", `--id is '${String(id)}'.`, `use ${requestIdForm}`);
  }
  return {
    id: id ?? `cli-${randomUUID().slice(0, 8)}`,
    mode,
    by: typeof by === "string" ? by : "cli",
    wait: wait !== false,
    ...(onBusy === undefined ? {} : { onBusy: onBusy satisfies OnBusy }),
    ...(ttl === undefined ? {} : { ttl }),
  };
}

async function handOver(session: Session, link: ManagerLink, asked: DoorRequest): Promise<ExitCode> {
  const { out, options } = session;
  const answer = await link.request(asked);
  if ("result" in answer) return report(session, link, answer.result, []);
  if (options.json === true) out.line(printMessage(answer));
  else {
    const before = answer.position === 0 ? "" : `; ${answer.position} before it`;
    out.line(`${out.paint("green", out.marks.ok)} ${asked.mode} accepted as request ${asked.id}${before}`);
  }
  return exitCodes.done;
}

/** Whether the request is out: from then on it goes on, whatever becomes of us. */
interface Sending {
  isSent: boolean;
}

interface Wish {
  readonly asked: DoorRequest;
  /** How long to wait for the link, and then for the result. */
  readonly timeoutMs: number | undefined;
  readonly sending: Sending;
}

async function waitFor(
  session: Session,
  link: ManagerLink,
  { asked, timeoutMs, sending }: Wish,
): Promise<ExitCode> {
  const view = new SwitchView(session, asked);
  try {
    return await untilInterrupted(session, async (interrupted) => {
      // Not AbortSignal.timeout inside AbortSignal.any: on Node 20 it is collected as garbage and never fires.
      const patience = new AbortController();
      const wait = (): NodeJS.Timeout | undefined =>
        timeoutMs === undefined ? undefined : setTimeout(() => patience.abort(), timeoutMs);
      let timer = wait();
      const onSent = (): void => {
        sending.isSent = true;
        clearTimeout(timer);
        timer = wait();
      };
      const signal = AbortSignal.any([interrupted, patience.signal]);
      try {
        const { answer, events } = await ask(link, asked, { signal, view, onSent });
        view.end();
        return "result" in answer ? await report(session, link, answer.result, events) : exitCodes.done;
      } catch (error) {
        throw codeOf(error) === "ABORTED" && !interrupted.aborted
          ? timedOut(asked, timeoutMs, sending)
          : error;
      } finally {
        clearTimeout(timer);
      }
    });
  } finally {
    view.end();
  }
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly view: SwitchView;
  readonly onSent: () => void;
}

/** Sends the request once the event stream is open, so that none of its events is missed. */
async function ask(
  link: ManagerLink,
  asked: DoorRequest,
  { signal, view, onSent }: Waiting,
): Promise<{ readonly answer: RequestAnswer; readonly events: readonly ManagerEvent[] }> {
  const events: ManagerEvent[] = [];
  const enough = new AbortController();
  const stream = link.watch(AbortSignal.any([signal, enough.signal]));
  const first = await stream.next();
  if (first.done !== true && first.value.type === "snapshot") view.start(first.value.snapshot);
  if (signal.aborted) throw new ModeshiftError("ABORTED", "The wait was ended before the request was sent.");
  const answering = link.request(asked, signal);
  onSent();
  const watching = (async () => {
    for await (const item of stream) {
      if (item.type === "snapshot") continue;
      events.push(item.event);
      view.take(item.event);
      if (item.event.type === "result" && item.event.id === asked.id) return;
    }
  })().catch(() => undefined);
  try {
    const answer = await answering;
    await Promise.race([watching, sleep(straggleMs)]);
    return { answer, events };
  } finally {
    enough.abort();
  }
}

function timedOut({ id, mode }: DoorRequest, timeoutMs: number | undefined, { isSent }: Sending): CliFault {
  if (!isSent) {
    return new CliFault(
      "TIMED_OUT",
      `The manager did not answer within ${timeoutMs} ms: mode '${mode}' has not been asked for.`,
      "modeshift status shows whether it answers at all",
    );
  }
  return new CliFault(
    "TIMED_OUT",
    `Mode '${mode}' was not reached within ${timeoutMs} ms; request ${id} goes on.`,
    `modeshift status shows what it waits for, modeshift why ${id} how it ends`,
  );
}

async function report(
  session: Session,
  link: ManagerLink,
  result: TransitionResult,
  events: readonly ManagerEvent[],
): Promise<ExitCode> {
  const { out, options } = session;
  if (options.json === true) out.line(printMessage(result));
  else {
    const isUnknown = result.outcome === "rejected" && result.reason.code === "MODE_UNKNOWN";
    const names = isUnknown ? (await link.modes()).map((mode) => mode.name) : [];
    for (const line of resultLines(result, out, names)) out.line(line);
    if (isUnknown) await warnOfStaleCatalogue(await link.state(), out);
    const timeline = out.terminal ? timelineOf(events, result.requestId) : undefined;
    if (timeline !== undefined) for (const line of ["", ...timelineLines(timeline, out)]) out.line(line);
  }
  return exitCodeOfOutcome(result.outcome);
}
