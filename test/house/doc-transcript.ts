/**
 * Runs a console block of the documentation and compares what is printed.
 *
 *   $ modeshift plan teleop       run by a shell in the page's folder, with the built command line
 *   stop   planner                expected output; `...` stands for any rest of a line, alone on a line for any lines
 *
 * Words on the fence: `exit=3` for the code that the last command ends with; `keeps-running` when it does not end: then
 * its output is awaited and it is told to end with the page; `terminal` to run it on one. `npx modeshift` and `redis-cli`
 * work too, and redis://localhost:6379 is the test's own server. A line that is nothing but a `modeshift` command that ends
 * runs in this process, from source.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { runHere } from "../fixtures/command-line.ts";
import { root, type DocBlock } from "./doc-blocks.ts";

/** A command and the lines that it should print. */
export interface Exchange {
  readonly command: string;
  readonly expected: readonly string[];
}

/** Splits a block at its `$ ` lines. */
export function exchangesOf(code: string): Exchange[] {
  const exchanges: { command: string; expected: string[] }[] = [];
  for (const line of code.trimEnd().split("\n")) {
    if (line.startsWith("$ ")) exchanges.push({ command: line.slice(2), expected: [] });
    else exchanges.at(-1)?.expected.push(line.trimEnd());
  }
  return exchanges;
}

/** Whether the output is as the transcript says. */
export function matches(expected: readonly string[], actual: string): boolean {
  const pattern = expected.map((line) =>
    line.trim() === "..." ? "(?:.*\n)*?" : `${line.split("...").map(escape).join(".*")}[ \t]*\n`,
  );
  return new RegExp(`^${pattern.join("")}$`).test(actual.trimEnd() === "" ? "" : `${actual.trimEnd()}\n`);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** What a command said on both streams, and how it ended. */
interface Printed {
  readonly output: string;
  readonly code: number | null;
}

/** The arguments of a line that needs no shell: `modeshift` and plain words. */
function plainCommand(line: string): readonly string[] | null {
  return /^modeshift(?: [\w./:=-]+)*$/.test(line) ? line.split(" ").slice(1) : null;
}

/**
 * Whether a command may be tried again when it did not say what it should: it only reads, or found no manager. No reader
 * types so fast as we do: the door of a manager opens a moment behind its boot, and a node has said nothing at first.
 */
function isHarmless(argv: readonly string[] | null, code: number | null): boolean {
  return argv !== null && (code === exitCodes.noManager || ["logs", "status", "why"].includes(argv[0] ?? ""));
}

/** The same command as a terminal shows it: `script` gives it one. */
function onTerminal({ command, expected }: Exchange): Exchange {
  return { command: `script -qefc '${command}' /dev/null`, expected };
}

/** A shell in one page's folder. `close` ends what still runs. */
export class PageShell {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #redisUrl: string;
  readonly #running: ChildProcess[] = [];

  constructor(folder: string, redisUrl: string) {
    this.#folder = folder;
    this.#redisUrl = redisUrl;
    const bin = path.join(folder, ".bin");
    mkdirSync(bin, { recursive: true });
    const cli = `exec "${process.execPath}" "${path.join(root, "dist/cli/main.js")}"`;
    const redisCli = ["/usr/bin", "/usr/local/bin"].map(
      (place) => `[ -x ${place}/redis-cli ] && exec ${place}/redis-cli -u ${redisUrl} "$@"`,
    );
    this.#shim(bin, "modeshift", `${cli} "$@"`);
    this.#shim(bin, "npx", `shift\n${cli} "$@"`);
    this.#shim(bin, "redis-cli", redisCli.join("\n"));
    const own = { XDG_STATE_HOME: `${folder}/.state`, XDG_RUNTIME_DIR: `${folder}/.run`, NO_COLOR: "1" };
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"));
    this.#env = { ...Object.fromEntries(inherited), ...own, PATH: `${bin}:${process.env["PATH"]}` };
    mkdirSync(own.XDG_RUNTIME_DIR, { mode: 0o700, recursive: true });
    delete this.#env["MODESHIFT_REDIS_URL"];
  }

  #shim(bin: string, name: string, line: string): void {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }

  /** Runs a block; throws with both texts when one of its outputs differs. */
  async run(block: DocBlock): Promise<void> {
    const exchanges = exchangesOf(block.code);
    for (const [index, exchange] of exchanges.entries()) {
      const last = index === exchanges.length - 1;
      const exit = last ? Number(block.words.find((word) => word.startsWith("exit="))?.slice(5) ?? 0) : 0;
      const shown = block.words.includes("terminal") ? onTerminal(exchange) : exchange;
      await this.#exchange(shown, last && block.words.includes("keeps-running") ? null : exit);
    }
  }

  async #exchange({ command, expected }: Exchange, exit: number | null): Promise<void> {
    const line = command.replaceAll("redis://localhost:6379", this.#redisUrl);
    const argv = exit === null ? null : plainCommand(line);
    const patience = performance.now() + 5_000;
    for (;;) {
      const { output, code } =
        argv === null ? await this.#runShell(line, expected, exit) : await this.#runHere(argv);
      const isAsSaid = matches(expected, output);
      if (isAsSaid && (exit === null || code === exit)) return;
      if (!isHarmless(argv, code) || performance.now() > patience) {
        const printed = `--- documented\n${expected.join("\n")}\n--- printed\n${output}`;
        throw new Error(
          `$ ${command}\n${isAsSaid ? `exit code ${code} instead of ${exit}\n` : ""}${printed}`,
        );
      }
      await pause(20);
    }
  }

  async #runHere(argv: readonly string[]): Promise<Printed> {
    const { code, stdout, stderr } = await runHere(argv, { cwd: this.#folder, env: this.#env });
    return { output: stdout + stderr, code };
  }

  /** By a shell; when `exit` is null, only until it has printed what is expected. */
  async #runShell(line: string, expected: readonly string[], exit: number | null): Promise<Printed> {
    const shell = spawn(
      "/bin/sh",
      ["-c", exit === null ? line.replace(/^((?:\w+=\S* )*)/, "$1exec ") : line],
      {
        cwd: this.#folder,
        env: this.#env,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.#running.push(shell);
    let output = "";
    const asSaid = new Promise<void>((resolve) => {
      const take = (chunk: Buffer): void => {
        output += chunk.toString().replaceAll("\r\n", "\n");
        if (exit === null && matches(expected, output)) resolve();
      };
      shell.stdout.on("data", take);
      shell.stderr.on("data", take);
      shell.once("close", () => resolve());
    });
    await asSaid;
    return { output, code: shell.exitCode };
  }

  /** Ends what keeps running, the youngest first, and waits for it. */
  async close(): Promise<void> {
    for (const child of this.#running.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
  }
}
