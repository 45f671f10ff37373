/** What nodes of the verifier's model do by themselves: crash, come back by their policy (I20), end at last. */
import { BACKOFF, DOWN, isOccupyingCode, RESTARTING, STATE, STOP_DUE, STUCK, UP } from "./node-code.ts";
import type { TellNode } from "./node-steps.ts";
import type { ReducedCatalogue, ReducedNode } from "./reduced-catalogue.ts";
import type { StepKind } from "./step.ts";

/** Tells each node's next code and the step to it. */
export function faultSteps(codes: readonly number[], catalogue: ReducedCatalogue, tell: TellNode): void {
  for (const [index, node] of catalogue.nodes.entries()) {
    const code = codes[index] ?? DOWN;
    const isOccupied = (foe: number): boolean =>
      isOccupyingCode(codes[foe] ?? DOWN, catalogue.nodes[foe]?.oneshot ?? false);
    for (const [state, kind] of changes(code & STATE, node, isOccupied)) {
      // Entering the stop set cancels the policy for good (I20).
      if (kind === "restart_begins" && (code & STOP_DUE) !== 0) continue;
      tell(index, state | (code & ~STATE), kind, false);
    }
  }
}

type Change = readonly [state: number, kind: StepKind];

function changes(state: number, node: ReducedNode, isOccupied: (foe: number) => boolean): readonly Change[] {
  switch (state) {
    case UP: {
      if (node.oneshot) return [];
      return node.restarts
        ? [
            [DOWN, "crash"],
            [BACKOFF, "crash_to_backoff"],
          ]
        : [[DOWN, "crash"]];
    }
    case BACKOFF:
      // The guard is asked before restarts too (I12).
      return node.foes.some(isOccupied)
        ? [[DOWN, "given_up"]]
        : [
            [DOWN, "given_up"],
            [RESTARTING, "restart_begins"],
          ];
    case RESTARTING:
      return [
        [UP, "restart_ends"],
        [BACKOFF, "restart_fails"],
        [STUCK, "start_sticks"],
      ];
    case STUCK:
      return [[DOWN, "gone"]];
    default:
      return [];
  }
}
