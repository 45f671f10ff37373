/** `modeshift plan <mode>`: what a switch would do now, without doing it; and whether it would be refused. */
import { codeOf, messageOf } from "../../errors.ts";
import type { ModePlan } from "../../lifecycle/mode-plan.ts";
import { modeNotFound } from "../../modes/catalogue.ts";
import { nearest } from "../../config/words.ts";
import { didYouMean } from "../advice.ts";
import { connect } from "../connect.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import { CliFault } from "../fault.ts";
import { previewPlan } from "../plan-preview.ts";
import type { CommandAction, Printer, Session } from "../session.ts";
import { loadTarget } from "../target.ts";
import { refusalLines } from "../views/result-text.ts";
import { listed } from "../width.ts";

interface Found {
  readonly plan: ModePlan;
  /** False: nothing was observed, the plan is from nothing running. */
  readonly observed: boolean;
}

/** See the file header. */
export const plan: CommandAction = async (session, [mode = ""]) => {
  const { out, err, options } = session;
  const found = await findPlan(session, mode);
  if (options.json === true) out.line(printMessage({ ...found.plan, observed: found.observed }));
  else {
    if (!found.observed) {
      err.line(out.paint("dim", "No manager runs: this is the plan from nothing running."));
    }
    printPlan(found.plan, out);
    if (found.plan.refusal !== null) {
      for (const line of refusalLines(found.plan.refusal, mode, out)) out.line(line);
    }
  }
  return found.plan.refusal === null ? exitCodes.done : exitCodes.refused;
};

async function findPlan(session: Session, mode: string): Promise<Found> {
  try {
    const link = await connect(session);
    try {
      return { plan: await link.plan(mode), observed: true };
    } catch (error) {
      if (codeOf(error) !== "MODE_UNKNOWN") throw error;
      const modes = await link.modes();
      throw unknownMode(
        messageOf(error),
        mode,
        modes.map(({ name }) => name),
      );
    } finally {
      await link.close();
    }
  } catch (error) {
    if (codeOf(error) !== "MANAGER_NOT_FOUND" || session.options.namespace !== undefined) throw error;
    const { catalogue } = await loadTarget(session);
    if (!catalogue.modes.has(mode)) {
      throw unknownMode(modeNotFound(catalogue, mode), mode, [...catalogue.modes.keys()]);
    }
    return { plan: previewPlan(catalogue, null, mode), observed: false };
  }
}

function unknownMode(message: string, mode: string, modes: readonly string[]): CliFault {
  const next = didYouMean(nearest(mode, modes), "plan", "modeshift modes");
  return new CliFault("MODE_UNKNOWN", message, next);
}

function printPlan(found: ModePlan, out: Printer): void {
  const print = (head: string, names: readonly string[]): void =>
    out.line(listed(`${head} `, names, out, { hang: 8 }));
  const waves = (title: string, list: readonly (readonly string[])[], colour: "yellow" | "green"): void => {
    for (const [index, wave] of list.entries()) {
      print(index === 0 ? out.paint(colour, title.padEnd(6)) : "  then", wave);
    }
  };
  waves("stop", found.stopWaves, "yellow");
  waves("start", found.startWaves, "green");
  if (found.keep.length > 0) print(out.paint("dim", "keep  "), found.keep);
  if (found.awaited.length > 0) print(out.paint("dim", "await "), found.awaited);
  if (found.stop.length + found.start.length === 0) out.line("Nothing would be stopped or started.");
}
