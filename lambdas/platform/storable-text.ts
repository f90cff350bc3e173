/** Replaces NUL characters and lone surrogates by U+FFFD, because Postgres stores neither. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

// JSON.stringify escapes both, so most texts need no second pass.
const mayHoldUnstorable = /\\u(?:0000|d[89a-f])/;

/** Writes a value as JSON for a parameter of a statement, with storable texts and keys. */
export function jsonParameter(value: unknown): string {
  const json = JSON.stringify(value);
  return mayHoldUnstorable.test(json) ? JSON.stringify(value, cleanValue) : json;
}

function cleanValue(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [storableText(name), inner]),
  );
}
