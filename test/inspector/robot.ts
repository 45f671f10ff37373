/** A robot with scripted nodes, its manager and its inspector: everything closed with it. */
import { defineCatalogue } from "../../src/config/define-catalogue.ts";
import { createInspector, type Inspector } from "../../src/inspector/inspector.ts";
import { createLifecycleManager } from "../../src/lifecycle-manager.ts";
import type { LifecycleManager } from "../../src/lifecycle/manager-options.ts";
import type { Catalogue } from "../../src/modes/catalogue.ts";
import {
  fakeSupervisor,
  type FakeSupervisor,
  type FakeSupervisorOptions,
} from "../../src/testing/fake-supervisor.ts";

export interface Robot extends AsyncDisposable {
  readonly manager: LifecycleManager;
  readonly supervisor: FakeSupervisor;
  readonly inspector: Inspector;
}

/** Four modes; `teleop` needs three nodes in a chain. */
export function rover(): Catalogue {
  return defineCatalogue({
    namespace: "rover-1",
    defaultMode: "idle",
    fallbackMode: "safe",
    nodes: {
      clock: { ready: { log: "ticking" }, env: { TOKEN: "a secret" } },
      drive: { dependsOn: ["clock"] },
      camera: { dependsOn: ["clock"] },
      joystick: { dependsOn: ["drive"] },
    },
    modes: {
      idle: ["clock"],
      teleop: {
        nodes: ["clock", "drive", "camera", "joystick"],
        description: "An operator drives",
        from: ["idle"],
      },
      mapping: ["clock", "camera"],
      safe: { nodes: ["clock"], urgent: true },
    },
  });
}

/** A started robot. */
export async function startRobot(
  catalogue: Catalogue = rover(),
  nodes: FakeSupervisorOptions["nodes"] = {},
): Promise<Robot> {
  const supervisor = fakeSupervisor({ nodes });
  const manager = createLifecycleManager({ catalogue, supervisor });
  const inspector = await createInspector(manager);
  await manager.start();
  const end = async (): Promise<void> => {
    await inspector.close();
    await manager.stop();
  };
  return { manager, supervisor, inspector, [Symbol.asyncDispose]: end };
}

/** A robot of any size. Every tenth node is what the nine after it need. */
export function largeRobot(nodeCount: number, modeCount: number): Catalogue {
  const name = (index: number): string => `node-${String(index).padStart(3, "0")}`;
  const nodes = Array.from({ length: nodeCount }, (_, index) => {
    const dependsOn = index % 10 === 0 ? [] : [name(index - (index % 10))];
    return [name(index), { dependsOn }] as const;
  });
  const all = nodes.map(([node]) => node);
  const half = Math.ceil(nodeCount / 20) * 10;
  const modes = Array.from({ length: modeCount }, (_, mode) => {
    const listed = mode % 2 === 0 ? all.slice(0, half) : all.slice(half);
    return [`mode ${mode}`, listed] as const;
  });
  return defineCatalogue({
    namespace: "plant",
    defaultMode: "mode 0",
    nodes: Object.fromEntries(nodes),
    modes: Object.fromEntries(modes),
  });
}
