/** `modeshift logs <node>`: what a node has written to stdout and stderr, and with `--follow` what it writes. */
import { nearest } from "../../config/words.ts";
import { codeOf, messageOf } from "../../errors.ts";
import { connectLocally } from "../connect.ts";
import type { DoorClient } from "../door/door-client.ts";
import { printMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import { CliFault } from "../fault.ts";
import { untilInterrupted } from "../interruption.ts";
import { countOption } from "../option-values.ts";
import type { CommandAction } from "../session.ts";
import { tame } from "../width.ts";

/** See the file header. */
export const logs: CommandAction = async (session, [node = ""], options) => {
  const { out } = session;
  const tail = countOption(options, "tail", 50);
  const door = await connectLocally(session);
  const follow = options["follow"] === true;
  const print = (line: string): void => {
    if (session.options.json === true) out.line(printMessage({ node, line }));
    else out.line(out.terminal ? tame(line) : line);
  };
  try {
    await untilInterrupted(session, async (signal) => {
      for await (const line of door.logs(node, tail, follow, signal)) print(line);
    });
  } catch (error) {
    throw codeOf(error) === "NODE_UNKNOWN" ? await unknownNode(door, node, error) : error;
  }
  return exitCodes.done;
};

/** The refusal with the nearest node's name. */
export async function unknownNode(door: DoorClient, node: string, error: unknown): Promise<CliFault> {
  const modes = await door.modes();
  const names = new Set(modes.flatMap((mode) => mode.nodes));
  const near = nearest(node, names);
  return new CliFault(
    "NODE_UNKNOWN",
    messageOf(error),
    near === undefined ? "modeshift status lists the nodes" : `did you mean '${near}'?`,
    { cause: error },
  );
}
