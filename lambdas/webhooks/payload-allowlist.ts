/** Converts the text of one field for the log. */
export type FormatText = (text: string) => string;

/**
 * Fields of a provider's payload that may be logged, in the shape of the payload. All others are
 * left out.
 */
export interface PayloadAllowlist {
  readonly [name: string]: FormatText | PayloadAllowlist;
}

export const verbatim: FormatText = (text) => text;

/** Keeps only the domain of an address, also of `Mia Chen <mia@members.example>`. */
export const domainOnly: FormatText = (text) => {
  const [, domain] = /@([^@\s<>,;"]+)>?\s*$/.exec(text) ?? [];
  return domain === undefined ? HIDDEN : `${HIDDEN}@${domain}`;
};

export const withoutQuery: FormatText = (text) =>
  URL.canParse(text) ? text.replace(/[?#].*$/s, '') : HIDDEN;

/** Keeps ids made by this system and hides other texts, which a third party may have set. */
export const uuidOnly: FormatText = (text) =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text : HIDDEN;

const HIDDEN = '***';

// The ledger holds the full body.
const MAX_CHARACTERS = 200;
const MAX_ITEMS = 20;
const MAX_VALUES = 200;

/**
 * Selects the loggable part of a parsed JSON document. The result is no deeper than the list of
 * fields, whatever the document nests: lists within lists are left out.
 * @returns undefined if no part may be logged.
 */
export function loggedPayload(document: unknown, fields: PayloadAllowlist | FormatText): unknown {
  return select(document, fields, { values: MAX_VALUES });
}

/** Number of values that may still be logged. */
interface Remaining {
  values: number;
}

function select(
  value: unknown,
  fields: PayloadAllowlist | FormatText,
  remaining: Remaining,
): unknown {
  if (!Array.isArray(value)) return selectOne(value, fields, remaining);
  return value.slice(0, MAX_ITEMS).map((item) => selectOne(item, fields, remaining));
}

function selectOne(
  value: unknown,
  fields: PayloadAllowlist | FormatText,
  remaining: Remaining,
): unknown {
  if (typeof fields === 'function') return formatValue(value, fields, remaining);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const logged = Object.entries(fields).flatMap(([name, inner]) => {
    const selected = Object.hasOwn(value, name)
      ? select(Reflect.get(value, name), inner, remaining)
      : undefined;
    return selected === undefined ? [] : [[name, selected] as const];
  });
  return logged.length === 0 ? undefined : Object.fromEntries(logged);
}

function formatValue(value: unknown, format: FormatText, remaining: Remaining): unknown {
  if (typeof value === 'object' || remaining.values === 0) return undefined;
  remaining.values -= 1;
  return typeof value === 'string' ? format(value).slice(0, MAX_CHARACTERS) : value;
}
