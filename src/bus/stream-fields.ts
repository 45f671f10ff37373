/**
 * The fields of a stream entry (`[name, value, ...]`) as a map: never an object, whose prototype has names too (I13).
 */
export function fieldsOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < texts.length; index += 2) {
    fields.set(texts[index] ?? "", texts[index + 1] ?? "");
  }
  return fields;
}
