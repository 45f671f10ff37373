/** A manager in a program of your own: two nodes, two modes, one switch. */
import { createLifecycleManager, defineCatalogue } from "modeshift";

const nodes = {
  camera: { command: ["node", "rover/nodes/camera.js"], ready: { log: "streaming" } },
  drive: { command: ["node", "rover/nodes/drive.js"], ready: { log: "armed" } },
};
const catalogue = defineCatalogue(
  {
    namespace: "embed-example",
    defaultMode: "idle",
    nodes,
    modes: { idle: [], teleop: ["camera", "drive"] },
  },
  { folder: import.meta.dirname },
);
const manager = createLifecycleManager({ catalogue });
await manager.start();

const result = await manager.changeMode("teleop", { by: "example" }); // "telepo" would not compile
console.log(`${result.outcome}: started ${result.nodesStarted.toSorted().join(", ")}`);
for (const { node, code, message } of result.errors) console.error(`${node}: ${code}, ${message}`);

console.log(`running: ${manager.runningNodes.toSorted().join(", ")}`);
await manager.stop();
