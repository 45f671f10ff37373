/**
 * What the spawner process runs: it starts processes for the manager and tells how they end, nothing else.
 *
 * The functions here are not called by us: spawner.ts hands their source to a small Node process. They may therefore
 * use nothing but their parameters and globals. A spawn blocks until the child has been exec'ed, and costs the more
 * the more memory the spawning process has; in here that is neither the manager's time nor its memory.
 */
import type { ChildProcess, spawn, StdioOptions } from "node:child_process";
import type fs from "node:fs";
import type { createInterface } from "node:readline";

/** What the spawner works with. */
export interface SpawnerSetup {
  /** What every node inherits. */
  readonly env: Readonly<Record<string, string>>;
  readonly stateDir: string;
  readonly epoch: number;
}

/** Manager to spawner. */
export type SpawnerOrder =
  /** First. */
  | SpawnerSetup
  | {
      readonly id: number;
      readonly argv: readonly [string, ...string[]];
      /** A control group to be made, and what is run in its place then: it enters the group. */
      readonly cgroup: { readonly path: string; readonly argv: readonly [string, ...string[]] } | null;
      readonly cwd: string | null;
      /** Over what is inherited. */
      readonly own: Readonly<Record<string, string>>;
      /** File that stdout and stderr are appended to. */
      readonly log: string;
      /** Descriptor on which the node says that it is ready. */
      readonly fd: number | null;
    };

/** Spawner to manager; `id` is the order's. */
export type SpawnerReply =
  /** First: it serves. */
  | { readonly up: true }
  /** Exec'ed. `logProblem`: why it runs without a log. */
  | { readonly id: number; readonly pid: number; readonly logProblem?: string }
  | { readonly id: number; readonly failed: string }
  /** A line was written to its descriptor. */
  | { readonly id: number; readonly said: true }
  | { readonly id: number; readonly code: number | null; readonly signal: string | null };

type Order = Extract<SpawnerOrder, { id: number }>;
type Tell = (reply: SpawnerReply) => void;

/** Node's modules, and the functions below: in the spawner there are no imports. */
interface SpawnerParts {
  readonly spawn: typeof spawn;
  readonly fs: Pick<typeof fs, "openSync" | "closeSync" | "mkdirSync" | "readdirSync">;
  readonly createInterface: typeof createInterface;
  readonly isOutbid: typeof isOutbid;
  readonly openLog: typeof openLog;
  readonly stdioOf: typeof stdioOf;
  readonly argvOf: typeof argvOf;
  readonly startOne: typeof startOne;
}

/** Another manager has taken over (state-lock.ts), perhaps while this order lay in the pipe of a frozen machine. */
function isOutbid({ fs }: SpawnerParts, { stateDir, epoch }: SpawnerSetup): boolean {
  try {
    return fs.readdirSync(stateDir).some((name) => name.startsWith("lock.") && Number(name.slice(5)) > epoch);
  } catch {
    // A directory that was wiped was not taken.
    return false;
  }
}

/** Opens the log for appending, in its directory, which somebody may have cleaned away; without either a node runs, too. */
function openLog({ fs }: SpawnerParts, log: string): { sink: number | undefined; problem?: string } {
  const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);
  const open = (): { sink: number } => ({ sink: fs.openSync(log, "a", 0o600) });
  try {
    try {
      return open();
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      fs.mkdirSync(log.slice(0, log.lastIndexOf("/")), { mode: 0o700 });
      return open();
    }
  } catch (error) {
    return { sink: undefined, problem: codeOf(error) };
  }
}

/** Makes the order's control group; where it cannot be made the process runs without. */
function argvOf({ fs }: SpawnerParts, { argv, cgroup }: Order): readonly [string, ...string[]] {
  if (cgroup === null) return argv;
  try {
    fs.mkdirSync(cgroup.path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return argv;
  }
  return cgroup.argv;
}

/** No input, output to the log, a pipe for readiness. */
function stdioOf(sink: number | undefined, fd: number | null): StdioOptions {
  const output = sink ?? "ignore";
  const stdio: StdioOptions = ["ignore", output, output];
  if (fd === null) return stdio;
  for (let between = 3; between < fd; between += 1) stdio.push("ignore");
  return [...stdio, "pipe"];
}

/** Starts one process and tells what becomes of it. */
function startOne(parts: SpawnerParts, order: Order, setup: SpawnerSetup, tell: Tell): void {
  const { id, cwd, own, log, fd } = order;
  if (parts.isOutbid(parts, setup)) {
    tell({ id, failed: "FENCED" });
    return;
  }
  const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "START_FAILED";
  const { sink, problem } = parts.openLog(parts, log);
  let child: ChildProcess | undefined;
  try {
    const env = Object.fromEntries([...Object.entries(setup.env), ...Object.entries(own)]);
    const options = { detached: true, stdio: parts.stdioOf(sink, fd), env };
    const [command, ...argv] = parts.argvOf(parts, order);
    child = parts.spawn(command, argv, cwd === null ? options : { ...options, cwd });
    child.on("error", (error) => {
      if (child?.pid === undefined) tell({ id, failed: codeOf(error) });
    });
  } catch (error) {
    tell({ id, failed: codeOf(error) });
  }
  if (sink !== undefined) parts.fs.closeSync(sink);
  if (child?.pid === undefined) return;
  tell({ id, pid: child.pid, ...(problem === undefined ? {} : { logProblem: problem }) });
  child.once("exit", (code, signal) => {
    tell({ id, code, signal });
  });
  // Read for ever: closing our end would kill a node that writes to it (SIGPIPE).
  const pipe = fd === null ? undefined : (child.stdio as (NodeJS.ReadableStream | null)[])[fd];
  pipe?.on("error", () => undefined);
  pipe?.on("data", (data: Buffer) => {
    if (data.includes("\n")) tell({ id, said: true });
  });
}

/** Serves orders from stdin, one per turn, until the process `manager`, our parent, has gone. */
function serveSpawns(parts: SpawnerParts, manager: number): void {
  const orders: Order[] = [];
  let setup: SpawnerSetup = { env: {}, stateDir: "", epoch: 0 };
  let replies = "";
  let held = 0;
  function leave(): void {
    process.kill(process.pid, "SIGKILL");
  }
  function tell(reply: SpawnerReply): void {
    if (replies === "") setImmediate(flush);
    replies += `${JSON.stringify(reply)}\n`;
  }
  // In a crowd a few starts are told together: each waking of the manager costs as much as it does with one.
  function flush(): void {
    held += 1;
    if (orders.length > 0 && held < 4) {
      setImmediate(flush);
      return;
    }
    held = 0;
    process.stdout.write(replies);
    replies = "";
  }
  function next(): void {
    const [order] = orders;
    if (order === undefined) return;
    // Orders of a manager that has died must not be carried out behind its guard's back.
    if (process.ppid === manager) parts.startOne(parts, order, setup, tell);
    else leave();
    orders.shift();
    if (orders.length > 0) setImmediate(next);
  }
  process.title = "modeshift-spawner";
  process.stdout.on("error", leave);
  parts
    .createInterface({ input: process.stdin })
    .on("line", (line) => {
      const order = JSON.parse(line) as SpawnerOrder;
      if ("env" in order) setup = order;
      else if (orders.push(order) === 1) setImmediate(next);
    })
    .on("close", leave);
  tell({ up: true });
}

/** The program for `node -e`. */
export function spawnerProgram(manager: number): string {
  const functions = Object.entries({ isOutbid, openLog, stdioOf, argvOf, startOne }).map(
    ([name, code]) => `${name}: ${String(code)}`,
  );
  return `(${String(serveSpawns)})({
  spawn: require("node:child_process").spawn,
  fs: require("node:fs"),
  createInterface: require("node:readline").createInterface,
  ${functions.join(",\n")}
}, ${manager})`;
}
