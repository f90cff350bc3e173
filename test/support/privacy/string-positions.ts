/** Path of a text in a JSON document. */
export type Position = readonly (string | number)[];

/** Returns the position of every text in a document. */
export function stringPositions(value: unknown, path: Position = []): readonly Position[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    stringPositions(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Returns a copy of the document with another text at one position. */
export function withText<Value>(document: Value, position: Position, text: string): Value {
  const [key, ...rest] = position;
  if (key === undefined) return text as Value;
  if (Array.isArray(document))
    return document.map((item, index) =>
      index === key ? withText(item, rest, text) : item,
    ) as Value;
  const fields = document as Readonly<Record<string, unknown>>;
  return { ...fields, [key]: withText(fields[key], rest, text) } as Value;
}

/** Writes a position without the places in lists: `data.errors.messages`. */
export const nameOf = (position: Position): string =>
  position.filter((key) => typeof key === 'string').join('.');
