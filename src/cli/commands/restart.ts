/** `modeshift restart <node>`: stops and starts one node of the current mode, and waits until it is ready. */
import { codeOf, messageOf } from "../../errors.ts";
import { connectLocally } from "../connect.ts";
import { shellWord } from "../advice.ts";
import { printMessage } from "../door/door-messages.ts";
import type { DoorClient } from "../door/door-client.ts";
import { exitCodes } from "../exit-codes.ts";
import { CliFault } from "../fault.ts";
import type { CommandAction } from "../session.ts";
import { errorLines } from "../views/result-text.ts";
import { duration } from "../width.ts";
import { unknownNode } from "./logs.ts";

/** See the file header. */
export const restart: CommandAction = async (session, [node = ""]) => {
  const { out, options } = session;
  const door = await connectLocally(session);
  const beganAt = performance.now();
  const answer = await door.restart(node).catch(async (error: unknown) => {
    const code = codeOf(error);
    if (code === "NODE_UNKNOWN") throw await unknownNode(door, node, error);
    throw code === "BAD_OPTION" ? await notInThisMode(door, node, error) : error;
  });
  if (options.json === true) out.line(printMessage(answer));
  else if (answer.failure === null) {
    const pid = answer.status?.pid === undefined ? "" : `, pid ${answer.status.pid}`;
    out.line(
      `${out.paint("green", out.marks.ok)} ${node} is ready again after ${duration(performance.now() - beganAt)}${pid}`,
    );
  } else {
    for (const line of errorLines(answer.failure, out)) out.line(line);
    out.line(out.next(`modeshift why ${shellWord(node)}`));
  }
  return answer.failure === null ? exitCodes.done : exitCodes.nodeErrors;
};

/** What the manager refused, and which mode would start the node. */
async function notInThisMode(door: DoorClient, node: string, error: unknown): Promise<CliFault> {
  const mode = (await door.modes()).find(({ nodes }) => nodes.includes(node));
  const next =
    mode === undefined ? "modeshift modes" : `modeshift switch ${shellWord(mode.name)}, which starts it`;
  return new CliFault("BAD_OPTION", messageOf(error), next, { cause: error, exitCode: exitCodes.refused });
}
