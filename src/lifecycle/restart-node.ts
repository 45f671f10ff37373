/**
 * `restartNode`: stop and start of one node of the current mode, outside any transition.
 *
 * A transition that begins meanwhile wins: its plan sees the node stopping or starting like any other (I2, I8), and
 * nothing is started here that the robot's mode does not list any more.
 */
import type { ModeActor } from "../bus/bridge.ts";
import { codeOf, messageOf, ModeshiftError } from "../errors.ts";
import { findMode, type Catalogue } from "../modes/catalogue.ts";
import type { NodeError, NodePhase } from "../modes/result.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** What a restart works with. */
export interface RestartNodeOptions {
  readonly catalogue: Catalogue;
  readonly supervisor: Supervisor;
  readonly actor: ModeActor;
}

/** @throws ModeshiftError NODE_UNKNOWN */
export function assertNode(catalogue: Catalogue, node: string): void {
  if (catalogue.nodes.has(node)) return;
  const known = [...catalogue.nodes.keys()].join(", ");
  throw new ModeshiftError("NODE_UNKNOWN", `Node '${node}' not found. Nodes: ${known}`);
}

/** Restarts a node; its failure is returned, null when it is ready again or a transition took over. */
export async function restartNode(options: RestartNodeOptions, node: string): Promise<NodeError | null> {
  const { catalogue, supervisor } = options;
  assertNode(catalogue, node);
  // A listener may ask in the middle of an event, when a transition that has just begun does not show yet.
  await Promise.resolve();
  const hindrance = hindranceTo(options, node);
  if (hindrance !== null) throw new ModeshiftError("BAD_OPTION", hindrance);
  try {
    await supervisor.stop(node);
  } catch (error) {
    return failure(node, "stop", error);
  }
  if (hindranceTo(options, node) !== null) return null;
  try {
    await supervisor.start(node);
    return null;
  } catch (error) {
    return codeOf(error) === "SUPERSEDED" ? null : failure(node, "start", error);
  }
}

function hindranceTo({ catalogue, actor }: RestartNodeOptions, node: string): string | null {
  const { current, transition, shuttingDown } = actor.getSnapshot().context;
  if (transition !== null || shuttingDown) {
    return `Node '${node}' cannot be restarted while a transition is running: wait until it has settled.`;
  }
  const mode = current === null ? undefined : findMode(catalogue, current);
  if (mode?.nodes.includes(node) === true) return null;
  return `Node '${node}' is not in the current mode '${current}': switch to a mode that lists it.`;
}

function failure(node: string, phase: NodePhase, error: unknown): NodeError {
  return { node, phase, code: codeOf(error) ?? "START_FAILED", message: messageOf(error) };
}
