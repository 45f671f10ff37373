/**
 * Plays the manager towards a supervisor under test: opens it, keeps every event, waits without knowing whose clock
 * it is.
 */
import assert from "node:assert/strict";
import type { Subscription } from "rxjs";
import { codeOf } from "../errors.ts";
import type { NodeState, NodeStatus } from "../modes/observation.ts";
import type { Supervisor, SupervisorEvent } from "../supervisor/supervisor.ts";
import type { SupervisorHarness } from "./supervisor-harness.ts";

/** Longest wait of one step, on the harness's clock. */
const patienceMs = 30_000;
const stepMs = 10;

/** See the file header. */
export class SupervisorPlayer {
  readonly supervisor: Supervisor;
  readonly events: SupervisorEvent[] = [];
  /** Broken promises of contract line 9, found while events came in. */
  readonly contradictions: string[] = [];
  #completed = false;
  readonly #harness: SupervisorHarness;
  readonly #subscription: Subscription;

  constructor(harness: SupervisorHarness) {
    this.#harness = harness;
    this.supervisor = harness.supervisor;
    this.#subscription = this.supervisor.events$.subscribe({
      next: (event) => {
        this.#note(event);
      },
      complete: () => {
        this.#completed = true;
      },
    });
  }

  get completed(): boolean {
    return this.#completed;
  }

  async open(): Promise<void> {
    await this.wait(
      this.supervisor.open(this.#harness.nodes, {
        namespace: "contract",
        clock: this.#harness.clock,
        waitForLock: false,
      }),
    );
  }

  /** The states a node went through, oldest first. */
  statesOf(node: string): readonly NodeState[] {
    return this.events.filter((event) => event.node === node).map(({ status }) => status.state);
  }

  statusOf(node: string): NodeStatus {
    const status = this.supervisor.running().get(node);
    assert.ok(status, `${node} is not in running()`);
    return status;
  }

  start(...nodes: readonly string[]): Promise<unknown> {
    return this.wait(Promise.all(nodes.map((node) => this.supervisor.start(node))));
  }

  stop(...nodes: readonly string[]): Promise<unknown> {
    return this.wait(Promise.all(nodes.map((node) => this.supervisor.stop(node))));
  }

  /** Lets time pass until the promise settles. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    const over = promise.then(
      () => true,
      () => true,
    );
    const until = this.#harness.clock.now() + patienceMs;
    while (!(await Promise.race([over, this.#harness.pass(stepMs).then(() => false)]))) {
      assert.ok(this.#harness.clock.now() < until, `waited ${patienceMs} ms for nothing: ${this.#story()}`);
    }
    return promise;
  }

  /** The code that a promise is rejected with; null when it is not. */
  async codeOf(promise: Promise<unknown>): Promise<string | null> {
    try {
      await this.wait(promise);
      return null;
    } catch (error) {
      return codeOf(error) ?? String(error);
    }
  }

  /** Lets time pass until it holds. */
  async until(holds: () => boolean): Promise<void> {
    const until = this.#harness.clock.now() + patienceMs;
    while (!holds()) {
      assert.ok(this.#harness.clock.now() < until, `waited ${patienceMs} ms for nothing: ${this.#story()}`);
      await this.#harness.pass(stepMs);
    }
  }

  untilState(node: string, state: NodeState): Promise<void> {
    return this.until(() => this.supervisor.running().get(node)?.state === state);
  }

  async close(): Promise<void> {
    await this.wait(this.supervisor.close());
    this.#subscription.unsubscribe();
  }

  #note(event: SupervisorEvent): void {
    this.events.push(event);
    const seen = this.supervisor.running().get(event.node);
    if (seen?.state === event.status.state && seen.generation === event.status.generation) return;
    this.contradictions.push(
      `${event.node} ${event.status.state} was told while running() said ${seen?.state}`,
    );
  }

  #story(): string {
    return this.events.map(({ node, status, cause }) => `${node} ${status.state} (${cause})`).join(", ");
  }
}
