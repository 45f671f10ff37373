/** `modeshift events`: what has happened, and with `--follow` what happens, one line each. */
import type { ManagerEvent } from "../../bus/event.ts";
import { connect } from "../connect.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import { untilInterrupted } from "../interruption.ts";
import { countOption } from "../option-values.ts";
import type { CommandAction } from "../session.ts";
import { eventLine, sentenceColumn } from "../views/event-text.ts";

const reachesBack = 2000;

/** See the file header. */
export const events: CommandAction = async (session, _args, options) => {
  const { out } = session;
  const tail = countOption(options, "tail", 50);
  let seen = -1;
  const print = (event: ManagerEvent): void => {
    if (event.seq <= seen) return;
    seen = event.seq;
    if (session.options.json === true) out.line(printMessage(event));
    else out.line(eventLine(event, out), sentenceColumn);
  };
  const link = await connect(session);
  try {
    if (options["follow"] !== true) {
      for (const event of await link.history(tail)) print(event);
      return exitCodes.done;
    }
    await untilInterrupted(session, async (signal) => {
      for await (const item of link.watch(signal)) {
        if (item.type === "event") print(item.event);
        else {
          // A second snapshot means that events were missed: the history still has them.
          for (const event of await link.history(seen < 0 ? tail : reachesBack)) print(event);
          seen = Math.max(seen, item.snapshot.seq ?? 0);
        }
      }
    });
    return exitCodes.done;
  } finally {
    await link.close();
  }
};
