/** What a node has printed, as text to read: without what would have coloured, moved or rung a terminal. */

/** CSI and OSC sequences, other two-character escapes, and control characters but tab. */
const controls =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -~]|[\0-\u0008\n-\u001f\u007f-\u009f]/g;

/**
 * One line. Of a line that was written over (`10 %`, carriage return, `20 %`) the last version is left.
 *
 * @param {string} line
 * @returns {string}
 */
export function printed(line) {
  const versions = line.split("\r");
  return (versions.findLast((version) => version !== "") ?? "").replaceAll(controls, "");
}
