import { redactText } from '../platform/redaction.ts';

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

/** Keeps texts of one form, and hides all others and what looks like a credential. */
const matching =
  (form: RegExp): FormatText =>
  (text) =>
    form.test(text) && redactText(text) === text ? text : HIDDEN;

/** Keeps a word of a provider's vocabulary, such as `Permanent` or `asset-ready`. */
export const wordOnly = matching(/^[A-Za-z][A-Za-z_-]{0,39}$/);

/** Keeps an opaque id. An id of the provider is needed to find what an event is about. */
export const idOnly = matching(/^[\w-]{1,255}$/);

export const timeOnly = matching(
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d(?::?\d\d)?)?$/,
);

/** Keeps a ratio such as `16:9`. */
export const ratioOnly = matching(/^\d{1,6}:\d{1,6}$/);

/** Keeps scheme and host of a link: the path may contain a token. */
export const hostOnly: FormatText = (text) =>
  URL.canParse(text) && new URL(text).host !== '' ? `${new URL(text).origin}/${HIDDEN}` : HIDDEN;

/** Keeps a text without the private parts that redaction recognises by their form. */
export const redacted: FormatText = redactText;

const HIDDEN = '***';

/** Bounds of a selection. */
interface SelectionLimits {
  readonly characters: number;
  readonly items: number;
  readonly values: number;
}

// A log line is for reading.
const LOG_LIMITS: SelectionLimits = { characters: 200, items: 20, values: 200 };

// Far above what any real event holds.
const STORED_LIMITS: SelectionLimits = { characters: 20_000, items: 1_000, values: 5_000 };

/**
 * Selects the loggable part of a parsed JSON document. The result is no deeper than the list of
 * fields, whatever the document nests: lists within lists are left out.
 * @returns undefined if no part may be logged.
 */
export function loggedPayload(document: unknown, fields: PayloadAllowlist | FormatText): unknown {
  return select(document, fields, { ...LOG_LIMITS });
}

/** Selects the part of a parsed JSON document that the ledger keeps of an applied event. */
export function storedPayload(document: unknown, fields: PayloadAllowlist): unknown {
  return select(document, fields, { ...STORED_LIMITS });
}

/** Limits, with the number of values that may still be selected. */
interface Remaining extends SelectionLimits {
  values: number;
}

function select(
  value: unknown,
  fields: PayloadAllowlist | FormatText,
  remaining: Remaining,
): unknown {
  if (!Array.isArray(value)) return selectOne(value, fields, remaining);
  return value.slice(0, remaining.items).map((item) => selectOne(item, fields, remaining));
}

function selectOne(
  value: unknown,
  fields: PayloadAllowlist | FormatText,
  remaining: Remaining,
): unknown {
  if (typeof fields === 'function') return formatValue(value, fields, remaining);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const selected = Object.entries(fields).flatMap(([name, inner]) => {
    const item = Object.hasOwn(value, name)
      ? select(Reflect.get(value, name), inner, remaining)
      : undefined;
    return item === undefined ? [] : [[name, item] as const];
  });
  return selected.length === 0 ? undefined : Object.fromEntries(selected);
}

function formatValue(value: unknown, format: FormatText, remaining: Remaining): unknown {
  if (typeof value === 'object' || remaining.values === 0) return undefined;
  remaining.values -= 1;
  return typeof value === 'string' ? format(value).slice(0, remaining.characters) : value;
}
