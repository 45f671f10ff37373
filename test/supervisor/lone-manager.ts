/**
 * Managers in processes of their own, to be killed, limited and run as somebody else.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { NodeSpec } from "../../src/modes/catalogue.ts";

/** A running manager; see test/fixtures/lone-manager.mjs. */
export interface LoneManager {
  readonly child: ChildProcess;
  /** The next line that begins so. */
  line(beginning: string): Promise<string>;
  /** Starts a node; resolves with `ok` or the code. */
  start(node: string): Promise<string>;
  /** Stops a node; resolves with `ok` or the code. */
  stop(node: string): Promise<string>;
  state(node: string): Promise<string>;
  /** Leaves it without a file descriptor, or gives them back. */
  exhaust(): Promise<unknown>;
  relieve(): Promise<unknown>;
  notes(): Promise<readonly string[]>;
}

const script = join(import.meta.dirname, "../fixtures/lone-manager.mjs");

/** Starts one; it is killed at the end of the test. `user`: uid and gid; `within`: a command that it is given to. */
export function loneManager(
  stateDir: string,
  nodes: Readonly<Record<string, readonly string[] | Partial<NodeSpec>>>,
  options: {
    readonly how?: "wait" | "group";
    readonly user?: number;
    readonly killTimeoutMs?: number;
    readonly deathGraceMs?: number;
    readonly within?: readonly string[];
  } = {},
): LoneManager {
  const { how = "", user, within = [], killTimeoutMs = 4000, deathGraceMs = 50 } = options;
  const argv = [
    ...within,
    process.execPath,
    script,
    stateDir,
    JSON.stringify(nodes),
    how,
    String(killTimeoutMs),
    String(deathGraceMs),
  ];
  const child = spawn(argv[0] ?? "", argv.slice(1), {
    stdio: ["pipe", "pipe", "inherit"],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (beginning: string): Promise<string> => {
    for (;;) {
      const next = await lines.next();
      if (next.done === true) throw new Error(`the manager ended before it said ${beginning}`);
      if (next.value.startsWith(beginning)) return next.value;
    }
  };
  const ask = async (order: string, beginning: string): Promise<string> => {
    child.stdin.write(`${order}\n`);
    return (await line(beginning)).slice(beginning.length + 1);
  };
  return {
    child,
    line,
    start: (node) => ask(`start ${node}`, node),
    stop: (node) => ask(`stop ${node}`, node),
    state: (node) => ask(`state ${node}`, node),
    exhaust: () => ask("exhaust", "exhausted"),
    relieve: () => ask("relieve", "relieved"),
    notes: async () => JSON.parse(await ask("notes", "notes")) as readonly string[],
  };
}

/** Living children of `parent` whose argv or title has this in it. */
export function childrenNamed(text: string, parent = process.pid): readonly number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const [state, ppid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const named = readFileSync(`/proc/${name}/cmdline`, "latin1").includes(text);
      return named && state !== "Z" && Number(ppid) === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
