/**
 * Who owns a state directory: the file `lock.<epoch>` with the highest epoch says.
 *
 * An epoch is taken by creating its file, which succeeds for exactly one of any number of contenders; the file of a
 * holder that has died is never edited or removed by a contender but outbid. So an epoch is never used twice, and a
 * holder that was only thought dead finds out before its next spawn or signal (FENCED). A waiting manager is woken
 * by the change of the directory: the old one releases, or its guard touches the lock when it has cleaned up.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
  type FSWatcher,
} from "node:fs";
import { hostname } from "node:os";
import type { Clock, TimerHandle } from "../clock.ts";
import { codeOf, ModeshiftError } from "../errors.ts";
import { hasProc, isAlive, readBootId, readStat } from "./process-tree.ts";
import { withDescriptor } from "./spare-descriptor.ts";
import { unwritable, type StateDirectory } from "./state-directory.ts";

/** Who holds, or last held, the lock. */
export interface LockHolder {
  readonly epoch: number;
  readonly pid: number;
  /** Start time of that process, in ticks since boot. */
  readonly start: number;
  readonly bootId: string;
  readonly host: string;
}

/** How to wait for the lock. */
export interface LockWait {
  readonly clock: Clock;
  readonly waitForLock: boolean;
  readonly onStandby?: (holder: string) => void;
  /** Asked while waiting: the process (`<host>/<pid>`) lives but hangs, and may be outbid. */
  readonly isAbandoned?: (process: string) => Promise<boolean>;
  readonly signal?: AbortSignal;
}

const lockName = /^lock\.(\d+)$/;
/** A holder whose guard has died with it wakes nobody: looked for once a second, while waiting only. */
const lookEveryMs = 1000;

function epochOf(name: string): number[] {
  const digits = lockName.exec(name)?.[1];
  return digits === undefined ? [] : [Number(digits)];
}

/** Who holds the lock; undefined when nobody ever did, `pid` 0 when it was released. */
export function readLock(directory: StateDirectory): LockHolder | undefined {
  const epochs = withDescriptor(() => readdirSync(directory.path)).flatMap(epochOf);
  if (epochs.length === 0) return undefined;
  const epoch = Math.max(...epochs);
  let text = "";
  try {
    text = withDescriptor(() => readFileSync(directory.file(`lock.${epoch}`), "utf8"));
  } catch (error) {
    // Outbid and removed while we looked.
    if (codeOf(error) === "ENOENT") return readLock(directory);
    throw error;
  }
  const [pid, start, bootId, host] = text.trim().split(" ");
  return { epoch, pid: Number(pid ?? 0), start: Number(start), bootId: bootId ?? "", host: host ?? "" };
}

/** The same process on the same boot still runs. */
export function isHeld(holder: LockHolder): boolean {
  if (!(holder.pid > 0) || holder.bootId !== readBootId()) return false;
  if (hasProc) return isAlive(holder);
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Takes the lock. @throws STATE_LOCKED, STATE_UNWRITABLE, ABORTED */
export async function takeLock(directory: StateDirectory, wait: LockWait): Promise<StateLock> {
  let told = 0;
  let abandoned = 0;
  for (;;) {
    if (wait.signal?.aborted === true) {
      throw new ModeshiftError("ABORTED", "The wait for the lock was given up.");
    }
    const { lock, holder } = tryLock(directory, abandoned);
    if (lock !== undefined) return lock;
    if (holder === undefined) continue;
    const who = `process ${holder.pid} on ${holder.host} (epoch ${holder.epoch})`;
    if (!wait.waitForLock) {
      throw new ModeshiftError(
        "STATE_LOCKED",
        `The state directory ${directory.path} is held by ${who}: stop that manager first (modeshift down), or use another namespace.`,
      );
    }
    if (told !== holder.epoch) wait.onStandby?.(who);
    told = holder.epoch;
    if ((await wait.isAbandoned?.(processOf(holder))) === true) abandoned = holder.epoch;
    else await changed(directory, wait);
  }
}

/** `<host>/<pid>`. */
function processOf({ host, pid }: LockHolder): string {
  return `${host}/${pid}`;
}

/** One attempt: the lock, or who holds it, or neither when a contender was faster. `abandoned`: the epoch to outbid. */
function tryLock(directory: StateDirectory, abandoned: number): { lock?: StateLock; holder?: LockHolder } {
  try {
    const last = readLock(directory);
    if (last !== undefined && last.epoch !== abandoned && isHeld(last)) return { holder: last };
    const epoch = (last?.epoch ?? 0) + 1;
    if (!claim(directory, epoch)) return {};
    // Somebody may have taken and passed this very epoch between our look and our link.
    if (readLock(directory)?.epoch !== epoch) {
      rmSync(directory.file(`lock.${epoch}`), { force: true });
      return {};
    }
    removeOlder(directory, epoch);
    return { lock: new StateLock(directory, epoch, last) };
  } catch (error) {
    throw unwritable(directory.path, error);
  }
}

/** Creates the epoch's file, whole; false when another contender has. */
function claim(directory: StateDirectory, epoch: number): boolean {
  const draft = directory.file(`lock-${process.pid}.new`);
  const start = readStat(process.pid)?.start ?? 0;
  writeFileSync(draft, `${process.pid} ${start} ${readBootId()} ${hostname()}\n`, { mode: 0o600 });
  try {
    linkSync(draft, directory.file(`lock.${epoch}`));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeOlder(directory: StateDirectory, epoch: number): void {
  for (const name of readdirSync(directory.path)) {
    const [other] = epochOf(name);
    if (other !== undefined && other < epoch) rmSync(directory.file(name), { force: true });
  }
}

/** Resolves at the next change of the directory, after a second, or when the wait is given up. */
function changed(directory: StateDirectory, { clock, signal }: LockWait): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clock.clearTimeout(timer);
      watcher?.close();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    let watcher: ReturnType<typeof watch> | undefined;
    const timer: TimerHandle = clock.setTimeout(done, lookEveryMs);
    signal?.addEventListener("abort", done);
    if (signal?.aborted === true) done();
    try {
      watcher = watch(directory.path, done);
      watcher.on("error", () => undefined);
    } catch {
      // No watches to be had: the timer does.
    }
  });
}

/** A lock that is ours, or was. */
export class StateLock {
  readonly epoch: number;
  /** `<host>/<pid>` of who had it before and did not let go: dead, or outbid. */
  readonly predecessor: string | undefined;
  readonly #directory: StateDirectory;
  readonly #file: string;
  readonly #next: string;
  /** Kept open, so that no other file gets the number of this one. */
  readonly #opened: number;
  readonly #inode: number;
  #onFenced: (() => void) | undefined;
  #watcher: FSWatcher | undefined;

  constructor(directory: StateDirectory, epoch: number, last?: LockHolder) {
    this.#directory = directory;
    this.predecessor = last === undefined || last.pid === 0 ? undefined : processOf(last);
    this.epoch = epoch;
    this.#file = directory.file(`lock.${epoch}`);
    this.#next = directory.file(`lock.${epoch + 1}`);
    this.#opened = openSync(this.#file, "r");
    this.#inode = fstatSync(this.#opened).ino;
  }

  /**
   * Somebody else has taken over. Two system calls; to be asked before each spawn and signal. A directory that cannot be
   * looked at fences nobody: nodes must still be stopped.
   */
  isFenced(): boolean {
    try {
      const own = statSync(this.#file, { throwIfNoEntry: false });
      if (own?.ino === this.#inode && !existsSync(this.#next)) return false;
      // Without any lock the directory was wiped, not taken.
      if (readLock(this.#directory) === undefined) return false;
    } catch {
      return false;
    }
    this.#tell();
    return true;
  }

  /** Calls back once, in a later turn, when it is found that somebody else has taken over: at the latest at the next question. */
  watch(onFenced: () => void): void {
    this.#onFenced = onFenced;
    try {
      // Whoever takes over removes this file.
      this.#watcher = watch(this.#file, { persistent: false }, () => this.isFenced());
      this.#watcher.on("error", () => undefined);
    } catch {
      // No watches to be had: the next spawn or signal finds out.
    }
  }

  /** Lets go; the epoch stays used. */
  release(): void {
    this.#onFenced = undefined;
    this.#watcher?.close();
    const isFenced = this.isFenced();
    closeSync(this.#opened);
    if (isFenced) return;
    try {
      const draft = this.#directory.file("lock.new");
      writeFileSync(draft, "0\n", { mode: 0o600 });
      renameSync(draft, this.#file);
    } catch {
      rmSync(this.#file, { force: true });
    }
  }

  #tell(): void {
    const onFenced = this.#onFenced;
    this.#onFenced = undefined;
    this.#watcher?.close();
    if (onFenced !== undefined) setImmediate(onFenced);
  }
}
