/**
 * A folder of a test's own in which the built command line is run as real processes: with its own catalogue, state and
 * runtime directories, so that nothing of the machine is seen and nothing is left behind.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, vi } from "vitest";
import { DoorClient } from "../../src/cli/door/door-client.ts";
import { runHere, type Ended, type Place } from "../fixtures/command-line.ts";

const root = resolve(import.meta.dirname, "../..");
/** MODESHIFT_TEST_BIN: another build of it, such as an installed package's. */
const bin = process.env["MODESHIFT_TEST_BIN"] ?? join(root, "dist/cli/main.js");
const fixture = join(root, "test/fixtures/cli/modeshift.yaml");

/** A command that is still running. */
export interface Running {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when the output on either stream has the text. */
  until(text: string | RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** A text without the times and ids that are different every time. */
export function steady(text: string): string {
  return text
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, "TIME")
    .replaceAll(/cli-[0-9a-f]{8}/g, "ID")
    .replaceAll(/pid \d+/g, "pid PID")
    .replaceAll(/\d+(\.\d+)? (ms|s)\b/g, "T");
}

function namespaceIn(args: readonly string[]): string {
  return (args.includes("-n") ? args[args.indexOf("-n") + 1] : undefined) ?? "testbot";
}

/** Resolves when somebody listens at a socket. */
async function knock(path: string): Promise<void> {
  const socket = connect(path);
  await once(socket, "connect");
  socket.destroy();
}

export interface WorkshopOptions {
  /** Environment variables of every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** Content of modeshift.yaml; null: none. Default: the fixture. */
  readonly catalogue?: string | null;
}

export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "modeshift-config-"));
  readonly runtime = join(this.folder, ".run");
  /** On the path of every command, as a global installation is. */
  readonly bin = join(this.folder, ".bin");
  readonly env: Record<string, string>;
  readonly #running = new Set<ChildProcess>();
  readonly #stopHere: (() => void)[] = [];
  readonly #endedHere: Promise<Ended>[] = [];

  constructor(options: WorkshopOptions = {}) {
    mkdirSync(this.runtime, { mode: 0o700 });
    mkdirSync(this.bin);
    symlinkSync(bin, join(this.bin, "modeshift"));
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(MODESHIFT|XDG|NO_COLOR|FORCE_COLOR|NODE_|VITEST|npm_)/.test(name),
    );
    this.env = {
      ...(Object.fromEntries(inherited) as Record<string, string>),
      PATH: `${this.bin}:${process.env["PATH"]}`,
      XDG_RUNTIME_DIR: this.runtime,
      XDG_STATE_HOME: join(this.folder, ".state"),
      LANG: "C.UTF-8",
      ...options.env,
    };
    const { catalogue } = options;
    if (catalogue === undefined) cpSync(fixture, join(this.folder, "modeshift.yaml"));
    else if (catalogue !== null) this.write("modeshift.yaml", catalogue);
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Path of the door of a namespace. */
  door(namespace = "testbot"): string {
    return join(this.runtime, "modeshift", `${namespace}.sock`);
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /**
   * Runs a command to its end inside this process, from source: ten times cheaper, for the many that differ in detail
   * only. Each command and each exit code is run at least once with `run` too.
   */
  ask(...args: string[]): Promise<Ended> {
    return runHere(args, { cwd: this.folder, env: this.env });
  }

  /** The same on a terminal so wide. */
  look(columns: number, ...args: string[]): Promise<Ended> {
    return runHere(args, { cwd: this.folder, env: this.env, columns });
  }

  /** Brings the robot that runs here into a mode, whatever it was in. */
  async enter(mode: string): Promise<void> {
    const { code, stdout, stderr } = await this.ask("switch", mode);
    if (code !== 0) throw new Error(`${code} ${stdout} ${stderr}`);
  }

  /** Starts a command. */
  start(
    args: readonly string[],
    options: {
      readonly cwd?: string;
      readonly env?: Record<string, string>;
      readonly node?: readonly string[];
    } = {},
  ): Running {
    return this.spawn([process.execPath, ...(options.node ?? []), bin, ...args], options);
  }

  /** Starts a command on a terminal of its own: output comes on stdout, with everything that a terminal would get. */
  onTerminal(args: readonly string[], env: Record<string, string> = {}): Running {
    const line = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(" ");
    return this.spawn(["script", "-qefc", `stty cols 100 rows 30; exec ${line}`, "/dev/null"], {
      env: { TERM: "xterm-256color", ...env },
    });
  }

  spawn(
    argv: readonly string[],
    options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
  ): Running {
    // Dies with us, however we die.
    const command: readonly string[] = ["setpriv", "--pdeathsig", "KILL", ...argv];
    const child = spawn(command[0] ?? "", command.slice(1), {
      cwd: options.cwd ?? this.folder,
      env: { ...this.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#running.add(child);
    let [stdout, stderr] = ["", ""];
    const watchers = new Set<() => void>();
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      for (const watch of watchers) watch();
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      for (const watch of watchers) watch();
    });
    const ended = new Promise<Ended>((resolve) => {
      child.once("close", (code) => {
        this.#running.delete(child);
        resolve({ code, stdout, stderr });
        for (const watch of watchers) watch();
      });
    });
    const has = (text: string | RegExp): boolean =>
      typeof text === "string" ? (stdout + stderr).includes(text) : text.test(stdout + stderr);
    return {
      child,
      stdout: () => stdout,
      stderr: () => stderr,
      ended,
      until: (text) =>
        new Promise((resolve, reject) => {
          const watch = (): void => {
            if (has(text)) resolve();
            else if (!this.#running.has(child)) {
              reject(new Error(`ended without '${text}':\n${stdout}\n${stderr}`));
            } else return;
            watchers.delete(watch);
          };
          watchers.add(watch);
          watch();
        }),
    };
  }

  /** Starts a manager and waits until it has booted and its door is open. */
  async up(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Running> {
    const manager = this.start(["up", ...args], { env });
    await manager.until(/"msg":"mode (changed|degraded|unchanged)"/);
    // The door opens beside the boot, and may be a moment behind it.
    if (env["XDG_RUNTIME_DIR"] !== "") {
      const path = this.door(namespaceIn(args));
      await vi.waitFor(() => knock(path), { timeout: 20_000, interval: 5 });
    }
    return manager;
  }

  /** Runs a manager inside this process, for tests that need one but do not look at it as a process. */
  async upHere(...args: string[]): Promise<void> {
    // The supervisor is not told by the command where its state is: it looks where its process is told.
    vi.stubEnv("XDG_STATE_HOME", this.env["XDG_STATE_HOME"]);
    const onSignal: Place["onSignal"] = (signal, listener) => {
      if (signal === "SIGTERM") this.#stopHere.push(listener);
      return () => undefined;
    };
    const env = { ...this.env, MODESHIFT_LOG_LEVEL: "silent" };
    this.#endedHere.push(runHere(["up", ...args], { cwd: this.folder, env, onSignal }));
    const namespace = namespaceIn(args);
    const door = new DoorClient(this.door(namespace), namespace);
    await expect
      .poll(async () => (await door.state()).state.phase, { timeout: 20_000, interval: 5 })
      .not.toBe("booting");
  }

  /** Ends whatever still runs. */
  async close(): Promise<void> {
    for (const stop of this.#stopHere.splice(0)) stop();
    await Promise.all(this.#endedHere.splice(0));
    vi.unstubAllEnvs();
    const children = [...this.#running];
    for (const child of children) child.kill("SIGTERM");
    const patience = setTimeout(() => {
      for (const child of children) child.kill("SIGKILL");
    }, 8000);
    await Promise.all(
      children.map(
        (child) =>
          new Promise<void>((resolve) => {
            if (child.exitCode !== null || child.signalCode !== null) resolve();
            else child.once("close", () => resolve());
          }),
      ),
    );
    clearTimeout(patience);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
