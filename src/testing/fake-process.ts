/**
 * What stands in for a process in tests: it boots, gets ready, crashes and dies as its script says, on a clock.
 *
 * It reports to a managed node exactly as a real process does (process-incarnation.ts); everything above it is the
 * code that supervises real nodes.
 */
import type { Clock, TimerHandle } from "../clock.ts";
import type { NodeSpec } from "../modes/catalogue.ts";
import type { NodeExit } from "../modes/observation.ts";
import type { Incarnation, IncarnationReport } from "../supervisor/managed-node.ts";
import { NodeFault } from "../supervisor/node-fault.ts";
import type { FactKind } from "./fake-record.ts";

/** How one incarnation behaves. Everything absent: it is there at once and ends at once. Times in ms. */
export interface FakeBehaviour {
  /** From the spawn to ready (a oneshot: to its successful end). `Infinity`: it hangs until start_timeout. */
  readonly startMs?: number;
  /** From the stop signal to its end. `Infinity`: it ignores the signal. */
  readonly stopMs?: number;
  /** From SIGKILL to its end. */
  readonly killMs?: number;
  /** How many SIGKILLs it survives; `Infinity`: it is stuck for ever. */
  readonly survivesKills?: number;
  /** It cannot be spawned: the start fails with this code, such as `ENOENT`. */
  readonly failsToSpawn?: string;
  /** It ends after startMs instead of getting ready. */
  readonly exitsEarly?: NodeExit;
  /** It crashes so long after it was ready. */
  readonly crashAfterMs?: number;
  /** How it crashes. Default: exit code 1. */
  readonly crashExit?: NodeExit;
  /** It never says that it is ready after startMs, but is when looked at once more (I17). Not of a oneshot: its end is seen. */
  readonly readyUnseen?: boolean;
}

/** What a fake process needs to know of its surroundings. */
export interface FakeHost {
  readonly clock: Clock;
  /** A conflicting node that has a process now. */
  rivalOf(spec: NodeSpec): string | undefined;
  nextPid(): number;
  note(kind: FactKind, node: string, generation: number): void;
}

const crashed: NodeExit = { code: 1, signal: null };

/** One incarnation; see the file header. */
export class FakeProcess implements Incarnation {
  readonly #host: FakeHost;
  readonly #spec: NodeSpec;
  #behaviour: FakeBehaviour;
  readonly #report: IncarnationReport;
  readonly #timers = new Set<TimerHandle>();
  #state: "requested" | "booting" | "up" | "ending" | "killing" | "stuck" | "gone" = "requested";
  #readyAt = Infinity;
  #kills = 0;

  constructor(host: FakeHost, spec: NodeSpec, behaviour: FakeBehaviour, report: IncarnationReport) {
    this.#host = host;
    this.#spec = spec;
    this.#behaviour = behaviour;
    this.#report = report;
    // In a later turn, like the real thing: a stop may still come before the spawn.
    this.#after(0, () => this.#spawn());
  }

  /** It has a process, in whatever state. */
  get lives(): boolean {
    return this.#state !== "requested" && this.#state !== "gone";
  }

  /** From now on it ends in another way. */
  learn({ stopMs = 0, killMs = 0, survivesKills = 0 }: FakeBehaviour): void {
    this.#behaviour = { ...this.#behaviour, stopMs, killMs, survivesKills };
    this.#kills = 0;
  }

  end(kill: boolean): void {
    if (!this.lives) {
      this.#leave("gone");
      this.#report.gone();
    } else if (kill || this.#state === "stuck") this.#kill();
    else if (this.#state === "booting" || this.#state === "up") this.#ask();
  }

  look(): Promise<boolean> {
    return Promise.resolve(this.#isReadyUnseen && this.lives && this.#host.clock.now() >= this.#readyAt);
  }

  /** It ends by itself, now. */
  crash(exit: NodeExit = crashed): void {
    if (!this.lives) return;
    const wasEnding = this.#state !== "booting" && this.#state !== "up";
    this.#leave("gone");
    this.#host.note("ended", this.#spec.name, this.#report.generation);
    if (wasEnding) this.#report.gone();
    else this.#report.exited(exit, false);
  }

  /** Nothing more happens to it: its supervisor has closed. */
  dispose(): void {
    this.#leave("gone");
  }

  #spawn(): void {
    const { failsToSpawn, startMs = 0, exitsEarly } = this.#behaviour;
    const fault = this.#refusal() ?? spawnFault(this.#spec.name, failsToSpawn);
    if (fault !== undefined) {
      this.#leave("gone");
      this.#report.failed(fault);
      return;
    }
    this.#state = "booting";
    this.#readyAt = this.#host.clock.now() + startMs;
    this.#host.note("spawned", this.#spec.name, this.#report.generation);
    this.#report.spawned(this.#host.nextPid());
    if (startMs === Infinity || this.#isReadyUnseen) return;
    this.#after(startMs, () => {
      if (exitsEarly !== undefined) this.crash(exitsEarly);
      else if (this.#spec.oneshot) this.crash({ code: 0, signal: null });
      else this.#getReady();
    });
  }

  get #isReadyUnseen(): boolean {
    return this.#behaviour.readyUnseen === true && !this.#spec.oneshot;
  }

  #refusal(): NodeFault | undefined {
    const rival = this.#host.rivalOf(this.#spec);
    if (rival === undefined) return undefined;
    const message = `${this.#spec.name} was not started: it conflicts with ${rival}, which still runs.`;
    return new NodeFault("CONFLICT_RUNNING", message);
  }

  #getReady(): void {
    const { crashAfterMs, crashExit } = this.#behaviour;
    this.#state = "up";
    this.#host.note("ready", this.#spec.name, this.#report.generation);
    if (crashAfterMs !== undefined) this.#after(crashAfterMs, () => this.crash(crashExit));
    this.#report.ready();
  }

  #ask(): void {
    const { stopMs = 0 } = this.#behaviour;
    this.#leave("ending");
    this.#host.note("signalled", this.#spec.name, this.#report.generation);
    if (stopMs < this.#spec.stopTimeoutMs) this.#after(stopMs, () => this.crash());
    else this.#after(this.#spec.stopTimeoutMs, () => this.#kill());
  }

  #kill(): void {
    if (this.#state === "killing") return;
    const { killMs = 0, survivesKills = 0 } = this.#behaviour;
    this.#leave("killing");
    this.#kills += 1;
    this.#host.note("killed", this.#spec.name, this.#report.generation);
    const dies = this.#kills > survivesKills;
    if (dies) this.#after(killMs, () => this.crash());
    const { killTimeoutMs } = this.#spec;
    if (!dies || killMs > killTimeoutMs) this.#after(killTimeoutMs, () => this.#stick());
  }

  #stick(): void {
    this.#state = "stuck";
    const { name, killTimeoutMs } = this.#spec;
    this.#report.stuck(new NodeFault("NODE_STUCK", `${name} still runs ${killTimeoutMs} ms after SIGKILL.`));
  }

  #leave(next: "ending" | "killing" | "gone"): void {
    this.#state = next;
    for (const timer of this.#timers) this.#host.clock.clearTimeout(timer);
    this.#timers.clear();
  }

  #after(delayMs: number, act: () => void): void {
    const timer = this.#host.clock.setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }
}

function spawnFault(node: string, code: string | undefined): NodeFault | undefined {
  return code === undefined ? undefined : new NodeFault(code, `${node} could not be started: ${code}.`);
}
