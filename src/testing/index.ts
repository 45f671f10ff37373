/**
 * The door `modeshift/testing`: parts to test modes, supervisors and buses with, on any test runner.
 */
export { busContract, type BusContractCase } from "./bus-contract.ts";
export type { BusHarness } from "./bus-harness.ts";
export type { FakeBehaviour } from "./fake-process.ts";
export { describeEntry, type FactKind, type FakeEntry } from "./fake-record.ts";
export { fakeSupervisor, type FakeSupervisor, type FakeSupervisorOptions } from "./fake-supervisor.ts";
export { simulatedClock, type SimulatedClock } from "./simulated-clock.ts";
export {
  supervisorContract,
  type SupervisorContractCase,
  type SupervisorContractOptions,
} from "./supervisor-contract.ts";
export type { ContractBehaviour, ContractNode, SupervisorHarness } from "./supervisor-harness.ts";
