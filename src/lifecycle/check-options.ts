/**
 * Options that a program without a type checker may get wrong: refused at once and in words, instead of by a TypeError
 * later (I13). Values only; whether a mode exists is change-mode.ts's.
 */
import { messageOf, ModeshiftError } from "../errors.ts";
import type { OnBusy } from "../modes/catalogue.ts";
import { requestIdForm, requestIdPattern } from "../modes/request.ts";

const policies: ReadonlySet<unknown> = new Set<OnBusy>(["preempt", "queue", "reject"]);

interface OptionRule {
  readonly allows: (value: unknown) => boolean;
  readonly remedy: string;
}

/** What each option of `changeMode` may be, when it is given. */
const changeRules: ReadonlyMap<string, OptionRule> = new Map([
  ["by", { allows: (by) => typeof by === "string", remedy: "give a string" }],
  [
    "deadlineMs",
    {
      allows: (time) => typeof time === "number" && time > 0 && time < Infinity,
      remedy: "give a positive number of milliseconds",
    },
  ],
  ["onBusy", { allows: (policy) => policies.has(policy), remedy: "use preempt, queue or reject" }],
  [
    "signal",
    {
      allows: (signal) => typeof fieldOf(signal, "addEventListener") === "function",
      remedy: "give the signal of an AbortController",
    },
  ],
  [
    "id",
    {
      allows: (id) => typeof id === "string" && requestIdPattern.test(id),
      remedy: `use ${requestIdForm}`,
    },
  ],
]);

/** @throws ModeshiftError BAD_OPTION */
export function checkChangeOptions(options: unknown): void {
  if (typeof options !== "object" || options === null) {
    throw refusal("the second argument", options, "give an object, such as { by: 'ui' }");
  }
  for (const [option, { allows, remedy }] of changeRules) {
    const value = fieldOf(options, option);
    if (value !== undefined && !allows(value)) throw refusal(option, value, remedy);
  }
}

/**
 * Refuses a part that lacks something it is used by: a method, or another object such as a stream.
 *
 * @throws ModeshiftError BAD_OPTION
 */
export function checkPart(
  option: string,
  part: unknown,
  methods: readonly string[],
  objects: readonly string[] = [],
): void {
  const method = methods.find((name) => typeof fieldOf(part, name) !== "function");
  if (method !== undefined) throw refusal(option, part, `it has no method ${method}()`);
  const object = objects.find((name) => !isObject(fieldOf(part, name)));
  if (object !== undefined) throw refusal(option, part, `it has no ${object}`);
}

/** @throws ModeshiftError BAD_OPTION */
export function checkCatalogue(catalogue: unknown): void {
  if (fieldOf(catalogue, "modes") instanceof Map && fieldOf(catalogue, "nodes") instanceof Map) return;
  throw refusal("catalogue", catalogue, "give what defineCatalogue() or loadCatalogue() made");
}

function fieldOf(value: unknown, field: string): unknown {
  return isObject(value) ? Reflect.get(value, field) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

function refusal(option: string, value: unknown, remedy: string): ModeshiftError {
  const shown = isObject(value) ? "an object of another kind" : `'${messageOf(value)}'`;
  return new ModeshiftError("BAD_OPTION", `${option} is ${shown}: ${remedy}.`);
}
