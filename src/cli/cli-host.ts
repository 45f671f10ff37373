/**
 * What the command line takes from the process it runs in, as one value that main.ts fills.
 *
 * Nothing else under src/cli touches `process`.
 */

/** A stream the commands write to. */
export interface CliOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): boolean;
  on(event: "error" | "resize", listener: (error: Error) => void): unknown;
  off(event: "error" | "resize", listener: (error: Error) => void): unknown;
}

/** The keyboard, for `status --watch`. */
export interface CliInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  off(event: "data", listener: (chunk: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Signals a command may listen to. */
export type CliSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** The process around the command line. */
export interface CliHost {
  /** Without node and the script's own path. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  readonly stdin: CliInput;
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  /** Ends the process at once. */
  exit(code: number): void;
  /** Listens to a signal instead of dying of it, until the returned function is called. */
  onSignal(signal: CliSignal, listener: () => void): () => void;
}
