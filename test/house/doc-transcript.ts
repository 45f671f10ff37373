/**
 * Runs a console block of the documentation and compares what is printed.
 *
 *   $ modeshift plan teleop       run by a shell in the page's folder, with the built command line
 *   stop   planner                expected output; `...` stands for any rest of a line, alone on a line for any lines
 *
 * Words on the fence: `exit=3` for the code that the last command ends with; `keeps-running` when it does not end: then
 * its output is awaited and it is told to end with the page; `terminal` to run it on one. `npx modeshift` and `redis-cli`
 * work too, and redis://localhost:6379 is the test's own server.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
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
    this.#env = { ...process.env, ...own, PATH: `${bin}:${process.env["PATH"]}` };
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
    const printed = `--- documented\n${expected.join("\n")}\n--- printed\n${output}`;
    if (!matches(expected, output)) throw new Error(`$ ${command}\n${printed}`);
    if (exit === null || shell.exitCode === exit) return;
    throw new Error(`$ ${command}\nexit code ${shell.exitCode} instead of ${exit}\n${printed}`);
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
