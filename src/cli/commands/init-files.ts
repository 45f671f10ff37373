/** What `modeshift init` writes: a catalogue that runs at once, and three nodes that need nothing but Node.js. */

/** Path to content. `namespace` is a legal one. */
export function initFiles(namespace: string): ReadonlyMap<string, string> {
  return new Map([
    ["modeshift.yaml", catalogue(namespace)],
    ["nodes/clock.js", clock],
    ["nodes/camera.js", camera],
    ["nodes/drive.js", drive],
  ]);
}

const catalogue = (namespace: string): string => `# What runs in which mode. Run it: modeshift up
namespace: ${namespace}
default_mode: idle

nodes:
  clock:
    command: [node, nodes/clock.js]
  camera:
    command: [node, nodes/camera.js]
    depends_on: [clock]
    ready: { log: streaming } # ready when its log says so
  drive:
    command: [node, nodes/drive.js]
    depends_on: [clock]
    stop_timeout: 2s # then SIGKILL

modes: # what a mode does not list is stopped when the mode is entered
  idle:
    description: On, not moving
    nodes: [clock]
  teleop:
    description: An operator drives
    nodes: [clock, camera, drive]
  safe:
    description: Nothing moves
    nodes: [clock]
    urgent: true # goes before everything else

fallback_mode: safe

invariants: # decided by: modeshift check
  - { quiet_in: safe, nodes: [drive] }
  - { reachable_from_everywhere: safe }
`;

const clock = `// A node is any program. This one ticks once a second.
let ticks = 0;
setInterval(() => console.log(\`tick \${++ticks}\`), 1000);
`;

const camera = `// Needs 300 ms until it is ready, and says so in its log.
console.log("opening the device");
setTimeout(() => {
  console.log("streaming");
  setInterval(() => console.log("30 frames"), 1000);
}, 300);
`;

const drive = `// Told to stop (SIGTERM), it comes to a halt first.
console.log("armed");
const beat = setInterval(() => console.log("0.4 m/s"), 1000);
process.on("SIGTERM", () => {
  clearInterval(beat);
  console.log("braking");
  setTimeout(() => process.exit(0), 200);
});
`;
