/** `modeshift down`: stops the manager and all of its nodes, and returns when the last one is gone. */
import { connectLocally } from "../connect.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandAction } from "../session.ts";
import { isRunning } from "../../modes/observation.ts";
import { listed } from "../width.ts";

/** See the file header. */
export const down: CommandAction = async (session) => {
  const { out, options } = session;
  const door = await connectLocally(session);
  const { state, pid } = await door.state();
  await door.down();
  const stopped = [...state.nodes].filter(([, status]) => isRunning(status)).map(([node]) => node);
  if (options.json === true) out.line(printMessage({ namespace: door.namespace, pid, stopped }));
  else {
    const head = `${out.paint("green", out.marks.ok)} ${door.namespace} is down; stopped`;
    out.line(listed(head, stopped.length === 0 ? ["no nodes"] : stopped, out, { most: 12 }));
  }
  return exitCodes.done;
};
