/**
 * A journal made readable for the checks: its legs (one plan each), its results, and how nodes stood at any moment.
 *
 * It only sorts; what must hold is said by the files in checks/.
 */
import type { EventData } from "../../src/bus/event.ts";
import type { Catalogue, Mode, NodeSpec } from "../../src/modes/catalogue.ts";
import { isRunning, isUp, type NodeStatus } from "../../src/modes/observation.ts";
import type { TransitionResult } from "../../src/modes/result.ts";
import type { FakeBehaviour } from "../../src/testing/fake-process.ts";
import type { FakeEntry } from "../../src/testing/fake-record.ts";
import type { Moment, Played } from "../../src/testing/journal.ts";

/** A rule: what is wrong with a run, one line each; nothing when all is well. */
export type Check = (story: Story) => readonly string[];

/** A result and where it stands in the journal. */
export interface Answer {
  readonly index: number;
  readonly at: number;
  readonly id: string;
  readonly result: TransitionResult;
}

/** A request that was sent. */
export type Sent = Extract<Moment, { kind: "sent" }> & { readonly index: number };

/** One plan in execution: from its `transition` event to its result, its successor, or the end. */
export interface Leg {
  readonly index: number;
  /** The place after its last moment. */
  readonly end: number;
  readonly at: number;
  readonly requestId: string;
  readonly told: EventData["transition"];
  /** Its answer, when it ended with one. */
  readonly answer: Answer | undefined;
  /** It was followed by its own rollback or fallback. */
  readonly continued: boolean;
}

/** An entry of the supervisor's record and its place in the journal. */
export type Placed<Entry> = Entry & { readonly index: number };

/** A call to the supervisor. */
export type Asked = Placed<Extract<FakeEntry, { kind: "asked" }>>;

/** The end of a call. */
export type Answered = Placed<Extract<FakeEntry, { kind: "answered" }>>;

/** Something that a process did. */
export type Fact = Placed<Extract<FakeEntry, { generation: number }>>;

/** See the file header. */
export class Story {
  readonly played: Played;
  readonly catalogue: Catalogue;
  readonly journal: readonly Moment[];
  readonly sent: readonly Sent[];
  readonly answers: readonly Answer[];
  readonly legs: readonly Leg[];
  readonly asked: readonly Asked[] = [];
  readonly answered: readonly Answered[] = [];
  readonly facts: readonly Fact[] = [];
  /** Where the shutdown begins; Infinity when it never does. */
  readonly isShutDownAt: number;
  /** One for each place in the journal, the same map as long as nothing changes. */
  readonly #statuses: ReadonlyMap<string, NodeStatus>[] = [new Map()];

  constructor(played: Played) {
    this.played = played;
    this.catalogue = played.catalogue;
    this.journal = played.journal;
    this.sent = played.journal.flatMap((moment, index) =>
      moment.kind === "sent" ? [{ ...moment, index }] : [],
    );
    this.answers = this.#findAnswers();
    this.legs = this.#findLegs();
    this.isShutDownAt = this.legs.find(({ told }) => told.cause === "shutdown")?.index ?? Infinity;
    this.#sortRecord();
  }

  /** How every node stood just before a place in the journal, as the supervisor had told it. */
  statusAt(index: number): ReadonlyMap<string, NodeStatus> {
    return this.#statuses[Math.min(index, this.journal.length)] ?? new Map();
  }

  runningAt(index: number): string[] {
    return [...this.statusAt(index)].filter(([, status]) => isRunning(status)).map(([node]) => node);
  }

  upAt(index: number): string[] {
    return [...this.statusAt(index)].filter(([, status]) => isUp(status)).map(([node]) => node);
  }

  mode(name: string | null): Mode | undefined {
    return name === null ? undefined : this.catalogue.modes.get(name);
  }

  isUrgent(name: string | null): boolean {
    return this.mode(name)?.urgent === true;
  }

  node(name: string): NodeSpec {
    const spec = this.catalogue.nodes.get(name);
    if (spec === undefined) throw new Error(`no node ${name}`);
    return spec;
  }

  /** How that incarnation of a node was scripted to behave. */
  behaviour(node: string, generation: number): FakeBehaviour {
    const list = this.played.schedule.nodes.get(node) ?? [];
    const { readyUnseen = false, ...behaviour } = list[Math.min(generation, list.length) - 1] ?? {};
    return { ...behaviour, readyUnseen: readyUnseen && !this.node(node).oneshot };
  }

  answerTo(id: string): Answer | undefined {
    return this.answers.find((answer) => answer.id === id);
  }

  /** What falls into a leg. */
  within<Item extends { readonly index: number }>(leg: Leg, items: readonly Item[]): Item[] {
    return items.filter((item) => item.index > leg.index && item.index < leg.end);
  }

  /** When the leg's time was up; Infinity when it ended before. */
  overdueAt(leg: Leg): number {
    const due = leg.at + this.catalogue.transitionTimeoutMs;
    const last = this.journal[leg.end - 1] ?? { at: leg.at };
    return last.at >= due ? due : Infinity;
  }

  /** `from`: the mode may be entered from all of these; the first, the current mode, may always be asked for again. */
  allows(mode: Mode, places: readonly (string | null)[]): boolean {
    if (mode.from === undefined || places[0] === mode.name) return true;
    return places.every(
      (place) => place === mode.name || (place !== null && mode.from?.includes(place) === true),
    );
  }

  /** I18: what was not read when the manager was asked to stop stays on the bus; ours, which has no successor, answers. */
  isRefusedUnread({ id, request }: Sent): boolean {
    const asked = this.journal.some(({ kind }) => kind === "stop");
    return request.door === "bus" && asked && this.played.bus.result(id)?.reason?.code === "SHUTTING_DOWN";
  }

  #findAnswers(): Answer[] {
    return this.journal.flatMap((moment, index) =>
      moment.kind === "event" && moment.event.type === "result"
        ? [{ index, at: moment.at, id: moment.event.id, result: moment.event.data }]
        : [],
    );
  }

  #findLegs(): Leg[] {
    const begins = this.journal.flatMap((moment, index) =>
      moment.kind === "event" && moment.event.type === "transition"
        ? [{ index, at: moment.at, requestId: moment.event.id, told: moment.event.data }]
        : [],
    );
    return begins.map((begin, place): Leg => {
      const next = begins[place + 1];
      const limit = next?.index ?? this.journal.length;
      const answer = this.answers.find(
        ({ index, id }) => index > begin.index && index < limit && id === begin.requestId,
      );
      const end = answer?.index ?? limit;
      const cause = next?.told.cause;
      const continued = answer === undefined && (cause === "rollback" || cause === "fallback");
      return { ...begin, end, answer, continued };
    });
  }

  #sortRecord(): void {
    const [asked, answered, facts] = [
      this.asked as Asked[],
      this.answered as Answered[],
      this.facts as Fact[],
    ];
    let status: ReadonlyMap<string, NodeStatus> = new Map();
    for (const [index, moment] of this.journal.entries()) {
      if (moment.kind === "node") status = new Map([...status, [moment.node, moment.status]]);
      this.#statuses[index + 1] = status;
      if (moment.kind !== "record") continue;
      const { entry } = moment;
      if (entry.kind === "asked") asked.push({ ...entry, index });
      else if (entry.kind === "answered") answered.push({ ...entry, index });
      else facts.push({ ...entry, index });
    }
  }
}

/** The same elements, whatever the order. */
export function sameSet(one: Iterable<string>, other: Iterable<string>): boolean {
  const [left, right] = [new Set(one), new Set(other)];
  return left.size === right.size && [...left].every((each) => right.has(each));
}
