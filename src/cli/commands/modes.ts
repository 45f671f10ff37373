/** `modeshift modes`: the modes and their nodes, from the manager if one runs, else from the catalogue here. */
import { codeOf } from "../../errors.ts";
import { connect } from "../connect.ts";
import { printMessage, type ModeMessage } from "../door/door-messages.ts";
import { exitCodes } from "../exit-codes.ts";
import { listModes } from "../plan-preview.ts";
import type { CommandAction, Session } from "../session.ts";
import { loadTarget } from "../target.ts";
import { listed, pad, tame, widest } from "../width.ts";

interface Found {
  readonly modes: readonly ModeMessage[];
  /** The settled mode; null when no manager runs. */
  readonly current: string | null;
}

/** See the file header. */
export const modes: CommandAction = async (session) => {
  const { out, options } = session;
  const found = await findModes(session);
  if (options.json === true) {
    out.line(printMessage({ modes: found.modes, current: found.current }));
    return exitCodes.done;
  }
  const width = widest(found.modes.map((mode) => mode.name));
  for (const mode of found.modes) {
    const isCurrent = mode.name === found.current;
    const mark = isCurrent ? out.paint("green", out.marks.dot) : " ";
    const name = pad(mode.name, width);
    const head = `${mark} ${isCurrent ? out.paint("bold", name) : name} `;
    const hang = width + 4;
    out.line(listed(head, mode.nodes.length === 0 ? ["no nodes"] : mode.nodes, out, { hang }));
    const notes = notesOf(mode, out.marks.separator);
    if (notes !== "") out.line(out.paint("dim", `  ${" ".repeat(width)}  ${notes}`), hang);
  }
  return exitCodes.done;
};

async function findModes(session: Session): Promise<Found> {
  try {
    const link = await connect(session);
    try {
      const [list, { state }] = await Promise.all([link.modes(), link.state()]);
      return { modes: list, current: state.mode };
    } finally {
      await link.close();
    }
  } catch (error) {
    if (codeOf(error) !== "MANAGER_NOT_FOUND" || session.options.namespace !== undefined) throw error;
    const { catalogue } = await loadTarget(session);
    return { modes: listModes(catalogue), current: null };
  }
}

function notesOf(mode: ModeMessage, separator: string): string {
  return [
    mode.description === null ? "" : tame(mode.description),
    mode.isDefault ? "default" : "",
    mode.urgent ? "urgent" : "",
    mode.isFallback ? "fallback" : "",
    mode.onFailure === "continue" ? "" : `on failure: ${mode.onFailure}`,
    mode.from === null ? "" : `only from ${mode.from.join(", ")}`,
  ]
    .filter((note) => note !== "")
    .join(separator);
}
