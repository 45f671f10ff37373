/**
 * What a fake supervisor remembers for a test to look at: who asked for what, what its processes did, how it ended.
 *
 * Plain data, in the order in which it happened.
 */

/** Something a fake process did. */
export type FactKind = "spawned" | "ready" | "signalled" | "killed" | "ended";

/** An entry of the record. `at`: ms on the supervisor's clock. */
export type FakeEntry =
  /** The supervisor was asked. */
  | {
      readonly at: number;
      readonly node: string;
      readonly kind: "asked";
      readonly what: "start" | "stop" | "kill";
      readonly call: number;
    }
  /** An operation's promise is about to settle; `code` null: in success. `call`: which asking it answers. */
  | {
      readonly at: number;
      readonly node: string;
      readonly kind: "answered";
      readonly what: "start" | "stop" | "kill";
      readonly call: number;
      readonly code: string | null;
    }
  | { readonly at: number; readonly node: string; readonly kind: FactKind; readonly generation: number };

/** One line of text for people: `at 300 camera ready #1`. */
export function describeEntry(entry: FakeEntry): string {
  const when = `at ${entry.at} ${entry.node}`;
  if (entry.kind === "asked") return `${when} asked to ${entry.what}`;
  if (entry.kind === "answered") return `${when} ${entry.what}: ${entry.code ?? "done"}`;
  return `${when} ${entry.kind} #${entry.generation}`;
}
