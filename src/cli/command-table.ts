/**
 * Every command with its arguments, options and examples: what `--help` prints, without loading any of them.
 *
 * The commands themselves are in commands/, one file each, loaded when they are run.
 */
import type { CommandAction } from "./session.ts";

/** One option: commander's flags, and what it does. */
export type OptionSpec = readonly [flags: string, description: string];

/** One command as the help shows it. */
export interface CommandSpec {
  readonly name: string;
  /** commander's notation: `<required>`, `[optional]`. */
  readonly args?: string;
  readonly summary: string;
  readonly details?: string;
  readonly options?: readonly OptionSpec[];
  /** Command lines without the `$`, each with what it does. */
  readonly examples: readonly (readonly [line: string, effect: string])[];
  /** It goes on when nobody reads its output any more. */
  readonly outlivesReader?: boolean;
  load(): Promise<CommandAction>;
}

/** The options that every command has. */
export const globalOptions: readonly OptionSpec[] = [
  ["--json", "print JSON, for programs"],
  ["-c, --config <file>", "the catalogue (default: modeshift.yaml in this folder)"],
  ["-n, --namespace <name>", "which robot (default: the catalogue's namespace)"],
  ["--redis <url>", "reach the manager over Redis (default: $MODESHIFT_REDIS_URL)"],
];

/** All commands, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  {
    name: "init",
    args: "[folder]",
    summary: "write a catalogue and three nodes that run at once",
    examples: [
      ["modeshift init", "in this folder"],
      ["modeshift init my-robot", "in a folder of its own"],
    ],
    load: async () => (await import("./commands/init.ts")).init,
  },
  {
    name: "up",
    outlivesReader: true,
    summary: "run the manager here until Ctrl-C",
    details:
      "On a terminal it shows mode changes and what the nodes print; elsewhere it writes a JSON log.\n" +
      "Ctrl-C stops every node in order; a second Ctrl-C kills them.",
    options: [
      ["--mode <mode>", "enter this mode first (default: default_mode)"],
      ["--inspect [port]", "serve the inspector page on this port of 127.0.0.1"],
      ["--quiet", "on a terminal: leave out what the nodes print"],
    ],
    examples: [
      ["modeshift up", "run the catalogue in this folder"],
      ["modeshift up --mode idle --inspect", "start in idle, with the inspector page"],
      ["modeshift up --redis redis://127.0.0.1:6379", "take requests over Redis too"],
    ],
    load: async () => (await import("./commands/up.ts")).up,
  },
  {
    name: "down",
    summary: "stop the manager and all of its nodes",
    examples: [["modeshift down", "returns when the last node is gone"]],
    load: async () => (await import("./commands/down.ts")).down,
  },
  {
    name: "switch",
    args: "<mode>",
    summary: "change the mode and wait for the result",
    details: "Ctrl-C and --timeout end only the wait: the transition goes on.",
    options: [
      ["--no-wait", "return as soon as the request is accepted"],
      ["--timeout <time>", "how long to wait for the result, such as 10s"],
      ["--deadline <time>", "give up unless it has begun by then (default: 30s)"],
      ["--on-busy <what>", "while another transition runs: preempt, queue or reject"],
      ["--by <who>", "who asks, for the log"],
      ["--id <id>", "the request's id; the same id is never executed twice"],
    ],
    examples: [
      ["modeshift switch teleop", "wait and show every node"],
      ["modeshift switch safe --no-wait", "only hand the request over"],
      ["modeshift switch teleop --on-busy queue", "after what is running now"],
      ["modeshift switch teleop --json | jq .outcome", "for programs"],
    ],
    load: async () => (await import("./commands/switch.ts")).switchMode,
  },
  {
    name: "status",
    summary: "show the mode, its health and every node",
    options: [
      ["--watch", "a full-screen view that follows changes; q ends it"],
      ["--check", "exit 1 unless health is ok"],
    ],
    examples: [
      ["modeshift status", "once"],
      ["modeshift status --watch", "live"],
      ["modeshift status --check --json", "for a monitor"],
    ],
    load: async () => (await import("./commands/status.ts")).status,
  },
  {
    name: "modes",
    summary: "list the modes and their nodes",
    examples: [["modeshift modes", "the current one is marked"]],
    load: async () => (await import("./commands/modes.ts")).modes,
  },
  {
    name: "plan",
    args: "<mode>",
    summary: "show what a switch would do, without doing it",
    details:
      "The same code as the switch itself, on what runs at this moment. Exit 3 when it would be refused.",
    examples: [["modeshift plan autonomous", "stops, starts and what is kept"]],
    load: async () => (await import("./commands/plan.ts")).plan,
  },
  {
    name: "check",
    args: "[file]",
    summary: "check the catalogue and verify its invariants",
    details:
      "Exit 0: everything holds; 1: violated, with a counterexample; 2: not decided; 4: the file is wrong.",
    examples: [
      ["modeshift check", "the catalogue in this folder"],
      ["modeshift check robots/rover.yaml --json", "for CI"],
    ],
    load: async () => (await import("./commands/check.ts")).check,
  },
  {
    name: "graph",
    summary: "draw the modes and the node dependencies",
    options: [
      ["--format <format>", "mermaid (default), svg or xstate"],
      ["--of <what>", "modes, nodes or both (default: both; xstate: modes)"],
      ["-o, --output <file>", "write to a file"],
    ],
    examples: [
      ["modeshift graph --format svg -o modes.svg", "a picture for a README, light and dark"],
      ["modeshift graph --of nodes", "mermaid, for a Markdown page"],
      ["modeshift graph --format xstate", "JSON that Stately imports"],
    ],
    load: async () => (await import("./commands/graph.ts")).graph,
  },
  {
    name: "events",
    summary: "print what has happened, newest last",
    options: [
      ["-f, --follow", "and what happens from now on"],
      ["--tail <count>", "how many of the past ones (default: 50)"],
    ],
    examples: [
      ["modeshift events", "the last fifty"],
      ["modeshift events --follow --json", "one JSON object a line, for programs"],
    ],
    load: async () => (await import("./commands/events.ts")).events,
  },
  {
    name: "logs",
    args: "<node>",
    summary: "print what a node has written",
    options: [
      ["-f, --follow", "and what it writes from now on"],
      ["--tail <count>", "how many of the last lines (default: 50)"],
    ],
    examples: [
      ["modeshift logs camera", "the last fifty lines"],
      ["modeshift logs camera --follow --tail 0", "only new ones"],
    ],
    load: async () => (await import("./commands/logs.ts")).logs,
  },
  {
    name: "restart",
    args: "<node>",
    summary: "stop and start one node of the current mode",
    examples: [["modeshift restart camera", "returns when it is ready again"]],
    load: async () => (await import("./commands/restart.ts")).restart,
  },
  {
    name: "why",
    args: "[node|request]",
    summary: "explain a node's state or a request's outcome",
    details: "Without an argument: what is going on or has gone wrong last.",
    examples: [
      ["modeshift why", "the running request, or the last one that did not end well"],
      ["modeshift why camera", "what led to the state it is in"],
      ["modeshift why cli-3f2a", "how that request went"],
    ],
    load: async () => (await import("./commands/why.ts")).why,
  },
  {
    name: "inspect",
    summary: "open the inspector page of the running manager",
    options: [["--port <port>", "the port it is served on, when it is not served yet"]],
    examples: [["modeshift inspect", "prints the address to open in a browser"]],
    load: async () => (await import("./commands/inspect.ts")).inspect,
  },
];
