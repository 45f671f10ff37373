/**
 * Nodes of the supervisor contract as plain objects in this process, run by three functions.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../src/clock.ts";
import { supervisorFrom } from "../../src/supervisor/supervisor-from.ts";
import type {
  ContractBehaviour,
  ContractNode,
  SupervisorHarness,
} from "../../src/testing/supervisor-harness.ts";

interface Outcome {
  readonly startMs?: number;
  readonly stopMs?: number;
  readonly crashMs?: number;
  readonly failsWith?: { readonly code?: string };
  readonly ignoresStop?: boolean;
}

const outcomes: Readonly<Record<ContractBehaviour, Outcome>> = {
  steady: {},
  slow_start: { startMs: 200 },
  slow_stop: { stopMs: 200 },
  missing: { failsWith: { code: "ENOENT" } },
  exits_early: { failsWith: { code: "NODE_EXITED" } },
  never_ready: { startMs: 1_000_000 },
  ignores_stop: { ignoresStop: true },
  leaves_daemon: {},
  crashes: { crashMs: 60 },
  succeeds: {},
};

/** `supervisorFrom` with the contract's nodes as entries of a Set. */
export async function functionHarness(nodes: readonly ContractNode[]): Promise<SupervisorHarness> {
  const up = new Set<string>();
  const booting = new Set<string>();
  const outcomeOf = new Map(nodes.map(({ spec, behaviour }) => [spec.name, outcomes[behaviour]]));
  const specs = new Map(nodes.map(({ spec }) => [spec.name, spec]));
  const supervisor = supervisorFrom(
    {
      startNode: async (name, { signal }) => {
        const spec = specs.get(name);
        const { startMs, failsWith, crashMs } = outcomeOf.get(name) ?? {};
        if (failsWith !== undefined) throw Object.assign(new Error("broken"), failsWith);
        booting.add(name);
        if (startMs !== undefined) await sleep(startMs, undefined, { signal });
        booting.delete(name);
        if (spec?.oneshot === true) return;
        up.add(name);
        if (crashMs !== undefined) setTimeout(() => up.delete(name), crashMs);
      },
      stopNode: async (name, { signal, force }) => {
        const { stopMs, ignoresStop } = outcomeOf.get(name) ?? {};
        if (ignoresStop === true && !force) await sleep(1_000_000, undefined, { signal });
        if (stopMs !== undefined) await sleep(stopMs);
        booting.delete(name);
        up.delete(name);
      },
      getRunningNodes: () => up,
    },
    { pollMs: 10 },
  );
  return {
    supervisor,
    clock: systemClock,
    nodes: specs,
    crash: (node) => up.delete(node),
    lives: (node) => up.has(node) || booting.has(node),
    pass: (ms) => sleep(ms),
    dispose: async () => up.clear(),
  };
}
