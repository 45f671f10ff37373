/**
 * The contract of every supervisor, as runnable cases: what src/supervisor/supervisor.ts promises, line by line, and
 * the ways in which nodes misbehave. The sentences are in the supervisor-*-cases.ts beside it.
 *
 * For any test runner: each case rejects when the contract is broken.
 */
import assert from "node:assert/strict";
import type { ContractBehaviour, ContractNode, SupervisorHarness } from "./supervisor-harness.ts";
import { SupervisorPlayer } from "./supervisor-player.ts";
import { supervisorEndingCases } from "./supervisor-ending-cases.ts";
import { supervisorQueueCases } from "./supervisor-queue-cases.ts";
import { supervisorStartingCases } from "./supervisor-starting-cases.ts";

/** One sentence of the contract. */
export interface SupervisorContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What an implementation cannot be asked. */
export interface SupervisorContractOptions {
  /** Behaviours its nodes cannot have, such as leaving a process behind: cases that need one are left out. */
  readonly lacks?: readonly ContractBehaviour[];
}

/**
 * The cases for a supervisor. `create` is called once per case, with the nodes to be played with.
 *
 * @example
 * ```ts
 * import { fakeSupervisor, simulatedClock, supervisorContract } from "modeshift/testing";
 * const cases = supervisorContract(async (nodes) => {
 *   const supervisor = fakeSupervisor();
 *   const clock = simulatedClock();
 *   return {
 *     supervisor,
 *     clock,
 *     nodes: new Map(nodes.map(({ spec }) => [spec.name, spec])),
 *     crash: (node) => supervisor.crash(node),
 *     lives: (node) => supervisor.running().get(node)?.state === "ready",
 *     pass: (ms) => clock.advance(ms),
 *     dispose: async () => {},
 *   };
 * });
 * await cases[0].run();
 * ```
 */
export function supervisorContract(
  create: (nodes: readonly ContractNode[]) => Promise<SupervisorHarness>,
  { lacks = [] }: SupervisorContractOptions = {},
): readonly SupervisorContractCase[] {
  const cases = Object.entries({
    ...supervisorStartingCases,
    ...supervisorEndingCases,
    ...supervisorQueueCases,
  });
  return cases
    .filter(([, { nodes }]) => !nodes.some(({ behaviour }) => lacks.includes(behaviour)))
    .map(([name, { nodes, play }]) => ({
      name,
      run: async () => {
        const harness = await create(nodes);
        const player = new SupervisorPlayer(harness);
        try {
          await player.open();
          await play(player, harness);
          assert.deepEqual(player.contradictions, []);
        } finally {
          await player.close();
          await harness.dispose();
        }
        const left = nodes.map(({ spec }) => spec.name).filter((node) => harness.lives(node));
        assert.deepEqual(left, [], "these live on after close()");
      },
    }));
}
