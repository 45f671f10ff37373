/**
 * What the guard calls for when processes come and go faster than a shell can look at them: a Node program that holds
 * each one as it sees it (I15). guard-script.ts decides when; with control groups it finds nothing to do.
 *
 * Its program travels with the guard, as text: functions here use nothing but their parameters.
 */

/** Of node:fs, what it reads with. */
interface Reader {
  readdirSync(path: string): string[];
  readFileSync(path: string, encoding: "latin1"): string;
}

/** Longest hunt, ms. */
const longestMs = 5000;

/** Ends every process that carries the marker, until three looks in a row have found none. */
function hunt({ readdirSync, readFileSync }: Reader, run: string, limitMs: number): void {
  const marker = `\0MODESHIFT_RUN=${run}\0`;
  function signal(pid: number, name: NodeJS.Signals): void {
    try {
      process.kill(pid, name);
    } catch {
      // It has gone.
    }
  }
  function isMarked(pid: number): boolean {
    try {
      return `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(marker);
    } catch {
      return false;
    }
  }
  const until = performance.now() + limitMs;
  for (let quiet = 0; quiet < 3 && performance.now() < until; quiet += 1) {
    const seen = new Set([process.pid]);
    const held: number[] = [];
    // Lists again until nothing new has come while the others were looked at.
    for (let before = 0; seen.size > before && performance.now() < until;) {
      before = seen.size;
      for (const pid of readdirSync("/proc").map(Number)) {
        if (!Number.isInteger(pid) || seen.has(pid)) continue;
        seen.add(pid);
        if (!isMarked(pid)) continue;
        signal(pid, "SIGSTOP");
        held.push(pid);
      }
    }
    for (const pid of held) signal(pid, "SIGKILL");
    if (held.length > 0) quiet = -1;
  }
}

/** The program for `node -e`. */
export function huntProgram(run: string): string {
  return `(${String(hunt)})(require("node:fs"), ${JSON.stringify(run)}, ${longestMs})`;
}
