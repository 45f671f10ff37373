/**
 * The contract of every bus, as runnable cases: one per sentence of src/bus/bus.ts that can be seen from outside.
 * The sentences themselves are in bus-delivery-cases.ts and bus-telling-cases.ts.
 *
 * For any test runner: each case rejects when the contract is broken. It plays the manager and, through the harness,
 * the client; what a real manager answers is not its business. Cites I7, I9, I16.
 */
import { busDeliveryCases } from "./bus-delivery-cases.ts";
import type { BusHarness } from "./bus-harness.ts";
import { BusPlayer } from "./bus-player.ts";
import { busTellingCases } from "./bus-telling-cases.ts";

/** One sentence of the contract. */
export interface BusContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * The cases for a bus. `create` is called once per case.
 *
 * @example
 * ```ts
 * import { memoryBus } from "modeshift";
 * import { busContract } from "modeshift/testing";
 * const cases = busContract(async () => {
 *   const bus = memoryBus();
 *   return {
 *     bus,
 *     send: async (fields) => bus.send(fields),
 *     events: async () => [],
 *     state: async () => bus.state,
 *     result: async (id) => bus.result(id),
 *     deadLetters: async () => bus.deadLetters.map(({ reason }) => reason),
 *     dispose: async () => {},
 *   };
 * });
 * await cases[0].run();
 * ```
 */
export function busContract(create: () => Promise<BusHarness>): readonly BusContractCase[] {
  return Object.entries({ ...busDeliveryCases, ...busTellingCases }).map(([name, check]) => ({
    name,
    run: async () => {
      const harness = await create();
      const player = new BusPlayer(harness.bus);
      try {
        await check(player, harness);
      } finally {
        await player.close();
        await harness.dispose();
      }
    },
  }));
}
