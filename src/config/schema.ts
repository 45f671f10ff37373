/**
 * The form of a catalogue file, field by field, in the file's own words (snake_case). From this one description come
 * the reading of files and of TypeScript input (shape.ts) and the JSON Schema for editors (json-schema.ts).
 *
 * Here is what can be said of one value alone; what must fit together (names, cycles, conflicts) is build-*.ts's.
 * House rule: a leaf's `error` completes "expected ..."; its `examples` become the remedy.
 */
import * as z from "zod";
import { commandKind } from "./command-words.ts";
import { durationMs, durationPattern, longestDurationMs, positiveDurationPattern } from "./duration.ts";
import { namespacePattern } from "./namespace.ts";
import type { Shaped } from "./shape.ts";

/** Mode and node names: up to 64 code points, no control characters, well-formed. */
export const namePattern = /^[^\p{Cc}\p{Cs}]{1,64}$/u;

function mapping<Shape extends z.core.$ZodLooseShape>(fields: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(fields, { error: "a mapping" });
}

const nameText = "a name of 1 to 64 characters without control characters";
const name = z
  .string({ error: nameText })
  .regex(namePattern, { error: nameText })
  .meta({ examples: ["camera"] });
const names = z.array(name, { error: "a list of names" }).meta({ examples: [["camera", "drive"]] });

const noNul = /^[^\0]*$/;
const text = z.string({ error: "a string" }).regex(noNul, { error: "a string without NUL characters" });
const nonEmpty = text.min(1, { error: "a string that is not empty" });

const durationText = "a duration";
const longestText = "a duration of at most 24 days";
const durationMeta = { examples: ["500ms", "10s", "2m", 1500] };
const duration = z
  .union(
    [
      z.number().min(0, { error: durationText }).max(longestDurationMs, { error: longestText }),
      z.string().regex(durationPattern, { error: durationText }),
    ],
    { error: durationText },
  )
  .refine((value) => durationMs(value) <= longestDurationMs, { error: longestText })
  .meta(durationMeta);
const positiveText = "a duration longer than zero";
const positiveDuration = z
  .union(
    [
      z.number().positive({ error: positiveText }).max(longestDurationMs, { error: longestText }),
      z.string().regex(positiveDurationPattern, { error: positiveText }),
    ],
    { error: positiveText },
  )
  .refine((value) => durationMs(value) <= longestDurationMs, { error: longestText })
  .meta(durationMeta);

const portText = "a port from 1 to 65535";
const port = z
  .int({ error: portText })
  .min(1, { error: portText })
  .max(65_535, { error: portText })
  .meta({ examples: [8080] });
const hostAndPortText = "a port, or host:port";
const hostAndPort = /^[^\s/]+:(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/;

const argv = z
  .array(text.meta({ examples: ['"30"'] }), { error: "a list: the program and its arguments" })
  .min(1, { error: "at least the program to run" })
  .meta({ kind: commandKind, examples: [["node", "nodes/camera.js"]] });

const ready = z
  .union(
    [
      mapping({
        log: nonEmpty.describe("A regular expression; ready when a line of output matches it."),
      }),
      mapping({
        fd: z
          .int({ error: "a file descriptor from 3 to 9" })
          .min(3)
          .max(9)
          .describe("Ready when a newline is written to this descriptor."),
      }),
      mapping({
        tcp: z
          .union([port, z.string().regex(hostAndPort, { error: hostAndPortText })], {
            error: hostAndPortText,
          })
          .describe(
            "Ready when this port accepts a connection; the host is 127.0.0.1 unless written host:port.",
          )
          .meta({ examples: [8080, "127.0.0.1:8080"] }),
      }),
      mapping({
        http: z
          .url({ protocol: /^https?$/, error: "an http or https URL" })
          .describe("Ready when a GET answers with a status from 200 to 399.")
          .meta({ examples: ["http://127.0.0.1:8080/health"] }),
      }),
      mapping({
        exec: argv.describe("Ready when this command, run again and again, ends with exit code 0."),
      }),
      mapping({ delay: duration.describe("Ready when it has lived this long.") }),
    ],
    { error: "one of log, fd, tcp, http, exec, delay" },
  )
  .describe("How a started node tells that it is ready. Absent: as soon as it has been exec'ed.")
  .meta({ examples: [{ log: "listening" }] });

const restartPolicy = z.enum(["never", "on_failure", "always"], {
  error: "one of never, on_failure, always",
});
const restart = z
  .union(
    [
      restartPolicy,
      mapping({
        policy: restartPolicy.optional(),
        max: z
          .int({ error: "a whole number from 0" })
          .min(0)
          .optional()
          .describe("Restarts inside the window before giving up."),
        window: positiveDuration.optional(),
        backoff: duration.optional().describe("The wait before the first restart; doubled each time."),
        max_backoff: duration.optional(),
      }),
    ],
    { error: "never, on_failure, always, or a mapping with policy, max, window, backoff, max_backoff" },
  )
  .describe("Whether a node that was ready once is started again when it ends.")
  .meta({ examples: ["on_failure"] });

const stopSignal = z
  .enum(["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGABRT", "SIGKILL"], {
    error: "one of SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGABRT, SIGKILL",
  })
  .describe("The signal that asks the node to end.");

const env = z
  .record(
    z.string().regex(/^[^=\0]+$/, { error: "a variable name without =" }),
    text.meta({ examples: ['"1"'] }),
    {
      error: "a mapping of variable names to strings",
    },
  )
  .describe("Environment variables, on top of the manager's own.");

const settings = {
  cwd: nonEmpty
    .optional()
    .describe("Working directory, relative to the config file; default: the config file's folder."),
  env: env.optional(),
  start_timeout: positiveDuration
    .optional()
    .describe("Not ready by then: NODE_READY_TIMEOUT, and the node is stopped again."),
  stop_signal: stopSignal.optional(),
  stop_timeout: duration
    .optional()
    .describe("How long the node may take to end before SIGKILL goes to its whole tree."),
  kill_timeout: positiveDuration.optional().describe("How long after SIGKILL a node counts as stuck."),
  restart: restart.optional(),
};

const node = mapping({
  command: argv
    .optional()
    .describe("Program and arguments, run without a shell. Absent when a custom supervisor runs the node."),
  ...settings,
  depends_on: names
    .optional()
    .describe("Nodes that must be ready before this one starts, and still be there when it stops."),
  after: names.optional().describe("Another word for depends_on."),
  conflicts: names.optional().describe("Nodes that never run at the same time as this one. Symmetric."),
  resources: z
    .array(nonEmpty, { error: "a list of resource names" })
    .meta({ examples: [["dev:/dev/video0"]] })
    .optional()
    .describe("Things only one node can hold; nodes that share one conflict."),
  ready: ready.optional(),
  oneshot: z
    .boolean({ error: "true or false" })
    .optional()
    .describe("true: exit code 0 means done, and counts as running in the mode."),
}).describe("One node: a process that modes list.");

const mode = mapping({
  nodes: names.optional().describe("The nodes that must run; everything else stops."),
  description: z.string({ error: "a string" }).optional(),
  extends: z
    .union([name, names], { error: "the name of a mode, or a list of names" })
    .optional()
    .describe("Modes whose nodes are listed here too, parents first. Nothing but nodes is inherited."),
  from: names.optional().describe("Modes it may be entered from. Absent: any."),
  restart_nodes: names.optional().describe("Nodes restarted on entering even if they run."),
  stop_nodes: names
    .optional()
    .describe("Nodes stopped on entering. Nodes that the mode does not list are stopped anyway."),
  urgent: z
    .boolean({ error: "true or false" })
    .optional()
    .describe("Preempts everything, is never refused, waits for nothing."),
  on_failure: z
    .enum(["continue", "rollback", "fallback"], { error: "one of continue, rollback, fallback" })
    .optional()
    .describe("What happens when a transition into this mode ends with errors."),
}).describe("One mode.");

const faults = z
  .enum(["none", "starts", "any"], { error: "one of none, starts, any" })
  .optional()
  .describe("Under which faults the property must hold: none, starts that fail, or any fault.");
const invariant = z
  .union(
    [
      mapping({ never_together: names.min(2, { error: "at least two names" }), faults }),
      mapping({
        quiet_in: name,
        nodes: names.min(1, { error: "at least one name" }).describe("The nodes that must be down."),
        faults,
      }),
      mapping({ reachable_from_everywhere: name, faults }),
    ],
    { error: "one of never_together, quiet_in (with nodes), reachable_from_everywhere" },
  )
  .meta({ examples: [{ never_together: ["arm", "flasher"] }] });

const service = mapping({
  redis: mapping({
    url_env: nonEmpty.optional().describe("The environment variable that holds the Redis URL."),
  }).optional(),
  state_dir: nonEmpty
    .nullable()
    .optional()
    .describe("Where the manager keeps its state, relative to the config file."),
  death_grace: duration
    .optional()
    .describe("What nodes get between stop_signal and SIGKILL when the manager has died."),
  inspect: z
    .int({ error: portText })
    .min(0)
    .max(65_535)
    .nullable()
    .optional()
    .describe("Port of the inspector page on the loopback interface; 0 picks a free one."),
}).describe("How `modeshift up` runs this catalogue.");

/** The whole document. */
export const documentSchema = mapping({
  $schema: z.string({ error: "a string" }).optional().describe("For editors; ignored."),
  namespace: z
    .string({ error: "a string" })
    .regex(namespacePattern, { error: "up to 64 letters, digits, _ . - starting with a letter or digit" })
    .meta({ examples: ["rover-1"] })
    .optional()
    .describe("One robot is one namespace on the bus. Default: the folder's name."),
  default_mode: name.describe("The mode entered at start-up."),
  defaults: mapping(settings).optional().describe("Settings of every node that does not say otherwise."),
  nodes: z
    .record(name, node.nullable(), {
      error: "a mapping of node names to settings",
    })
    .optional()
    .describe("What runs. Absent when a custom supervisor runs the nodes that the modes list."),
  modes: z
    .record(
      name,
      z.union([names, mode], { error: "a list of nodes, or a mapping with nodes" }).meta({ examples: [[]] }),
      {
        error: "a mapping of mode names to nodes",
      },
    )
    .describe("The operational modes."),
  fallback_mode: name
    .optional()
    .describe("The mode entered when another fails with on_failure: fallback, or cannot be rolled back."),
  on_busy: z
    .enum(["preempt", "queue", "reject"], { error: "one of preempt, queue, reject" })
    .optional()
    .describe("What a request does to a running transition."),
  transition_timeout: positiveDuration.optional().describe("How long a transition may take in all."),
  invariants: z
    .array(invariant, { error: "a list of properties" })
    .optional()
    .describe("Properties that `modeshift check` decides."),
  service: service.optional(),
}).describe("A modeshift catalogue.");

/** The document after shape.ts: what was bad is missing. */
export type ShapedDocument = Shaped<typeof documentSchema>;

/** One entry of `nodes`. */
export type ShapedNode = Shaped<typeof node>;

/** One entry of `modes`, in its long form. */
export type ShapedMode = Shaped<typeof mode>;
