import { redactText } from '../redaction.ts';

/** Fields that keep their texts, with the reason. */
export type ShownFields = Readonly<Record<string, string>>;

/** Redacts every text of plain data, except for the fields that are shown. Keeps its shape. */
export function redactTexts<Value>(value: Value, shown: ShownFields): Value {
  return copyRedacted(value, shown) as Value;
}

function copyRedacted(value: unknown, shown: ShownFields): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((item) => copyRedacted(item, shown));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      Object.hasOwn(shown, name) ? inner : copyRedacted(inner, shown),
    ]),
  );
}
