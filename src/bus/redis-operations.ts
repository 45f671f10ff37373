/**
 * What the writer writes, as operations of the `writeOperations` script: one list per event, answer or dead letter.
 *
 * Pure. When and in which order they go is redis-writer.ts's.
 */
import type { TransitionResult } from "../modes/result.ts";
import type { ManagerState } from "./bus.ts";
import type { UnnumberedEvent } from "./event.ts";
import { printEventData, printResult } from "./messages.ts";
import { printNode } from "./state-message.ts";

const maxRawLength = 2_048;

/** One operation: its words, and the request whose `result:<id>` it touches. */
export interface Operation {
  readonly words: readonly string[];
  readonly resultId?: string;
  /** An answer: kept while the server is away. */
  readonly isResult?: boolean;
  /** A mark of a request's beginning. */
  readonly isMark?: boolean;
  /** Counted in a gap when it cannot be written. */
  readonly isEvent?: boolean;
  readonly onWritten?: () => void;
}

/** An event that is no result. */
export function eventOperation(event: UnnumberedEvent, state: ManagerState): Operation {
  const common = [event.id, String(event.at), printEventData(event)];
  const status = event.type === "node" ? state.nodes.get(event.data.node) : undefined;
  if (event.type === "node" && status !== undefined) {
    return { isEvent: true, words: ["node", ...common, event.data.node, printNode(status)] };
  }
  return { isEvent: true, words: ["event", event.type, ...common] };
}

/** The answer to a request, which takes its entries off the stream. */
export function resultOperation(
  result: TransitionResult,
  entries: readonly string[],
  onWritten: () => void,
): Operation {
  return {
    isEvent: true,
    isResult: true,
    resultId: result.requestId,
    words: [
      "result",
      result.requestId,
      String(result.at),
      printResult(result),
      String(entries.length),
      ...entries,
    ],
    onWritten,
  };
}

/** Notes in `result:<id>` how often the request was begun. */
export function markOperation(resultId: string, mark: string): Operation {
  return { resultId, isMark: true, words: ["mark", mark] };
}

/** Moves an entry to the dead letters. */
export function deadOperation(entry: string, reason: string, fields: readonly string[]): Operation {
  // Cut first: there may be megabytes.
  const beginnings = fields.slice(0, 64).map((text) => text.slice(0, maxRawLength));
  return { words: ["dead", entry, reason, JSON.stringify(beginnings).slice(0, maxRawLength)] };
}

/** Takes duplicates off the stream. */
export function removeOperation(entries: readonly string[]): Operation {
  return { words: ["remove", String(entries.length), ...entries] };
}

/** Sets state fields. */
export function stateOperation(fields: Iterable<readonly [string, string]>): Operation {
  const texts = [...fields].flat();
  return { words: ["state", String(texts.length), ...texts] };
}

/** Replaces all nodes. */
export function nodesOperations(state: ManagerState): Operation[] {
  const nodes = [...state.nodes].map(([node, status]) => ({ words: ["hold-node", node, printNode(status)] }));
  return [{ words: ["forget-nodes"] }, ...nodes];
}
