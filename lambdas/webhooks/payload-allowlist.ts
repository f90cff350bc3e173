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

/**
 * Selects the loggable part of a parsed JSON document.
 * @returns undefined if no part may be logged.
 */
export function loggedPayload(document: unknown, fields: PayloadAllowlist | FormatText): unknown {
  if (Array.isArray(document))
    return document.slice(0, MAX_ITEMS).map((item) => loggedPayload(item, fields));
  if (typeof fields === 'function') return formatValue(document, fields);
  if (typeof document !== 'object' || document === null) return undefined;
  const logged = Object.entries(fields).flatMap(([name, inner]) => {
    const value = Object.hasOwn(document, name)
      ? loggedPayload(Reflect.get(document, name), inner)
      : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return logged.length === 0 ? undefined : Object.fromEntries(logged);
}

function formatValue(value: unknown, format: FormatText): unknown {
  if (typeof value === 'string') return format(value).slice(0, MAX_CHARACTERS);
  return typeof value === 'object' ? undefined : value;
}
