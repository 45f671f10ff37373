/** `modeshift inspect`: has the running manager serve its inspector page, and says where. */
import { connectLocally } from "../connect.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import { portOption } from "../option-values.ts";
import type { CommandAction } from "../session.ts";

/** See the file header. */
export const inspect: CommandAction = async (session, _args, options) => {
  const { out } = session;
  const door = await connectLocally(session);
  const url = await door.inspect(portOption(options, "port"));
  out.line(session.options.json === true ? printMessage({ url }) : url);
  if (session.options.json !== true && out.terminal) {
    session.err.line(
      out.paint("dim", "Open it in a browser on this machine. It is read-only and ends with the manager."),
    );
  }
  return exitCodes.done;
};
