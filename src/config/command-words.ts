/** A command written as one string, turned into the list that should stand there. No shell ever runs it. */

/** The schema's mark on lists that are commands, so that a string in their place is answered with {@link splitCommand}. */
export const commandKind = "command";

const shellSyntax = /[|&;<>()`*?~\n]|\$[A-Za-z(]/;
const word = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g;

/** The words of a command line; what only a shell understands is given to one, explicitly. */
export function splitCommand(line: string): readonly string[] {
  if (shellSyntax.test(line)) return ["sh", "-c", line];
  const words = line.match(word) ?? [];
  return words.map((written) =>
    written.replaceAll(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, escaped?: string) =>
        double === undefined ? (single ?? escaped ?? "") : double.replaceAll(/\\(["\\$`])/g, "$1"),
    ),
  );
}

/** A YAML list on one line, with quotes where they are needed. */
export function flowList(words: readonly string[]): string {
  return `[${words.map((text) => (isPlain(text) ? text : JSON.stringify(text))).join(", ")}]`;
}

/** Surely read back as the same string, not as a number or a truth value. */
function isPlain(text: string): boolean {
  return (
    /^(?:-{1,2})?[A-Za-z_/][\w./@%+=-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
  );
}
