/** How the text of one field is written into a log. */
export type Show = (text: string) => string;

/** What of a provider's payload may be logged, by name and in the payload's own shape: whatever is not named is not. */
export interface PayloadAllowlist {
  readonly [name: string]: Show | PayloadAllowlist;
}

export const verbatim: Show = (text) => text;

/** Of `Mia Chen <mia@members.example>`, too, nothing but the domain is left. */
export const domainOnly: Show = (text) => {
  const [, domain] = /@([^@\s<>,;"]+)>?\s*$/.exec(text) ?? [];
  return domain === undefined ? HIDDEN : `${HIDDEN}@${domain}`;
};

export const withoutQuery: Show = (text) =>
  URL.canParse(text) ? text.replace(/[?#].*$/s, '') : HIDDEN;

/** For what is an id where we made it, and anything at all where somebody else did. */
export const uuidOnly: Show = (text) =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text : HIDDEN;

const HIDDEN = '***';

// A line is for reading; what is long is in the ledger.
const MAX_CHARACTERS = 200;
const MAX_ITEMS = 20;

/** @param document JSON, parsed. @returns undefined where nothing of it may be logged. */
export function loggedPayload(document: unknown, fields: PayloadAllowlist | Show): unknown {
  if (Array.isArray(document))
    return document.slice(0, MAX_ITEMS).map((item) => loggedPayload(item, fields));
  if (typeof fields === 'function') return showValue(document, fields);
  if (typeof document !== 'object' || document === null) return undefined;
  const shown = Object.entries(fields).flatMap(([name, inner]) => {
    const value = Object.hasOwn(document, name)
      ? loggedPayload(Reflect.get(document, name), inner)
      : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return shown.length === 0 ? undefined : Object.fromEntries(shown);
}

function showValue(value: unknown, show: Show): unknown {
  if (typeof value === 'string') return show(value).slice(0, MAX_CHARACTERS);
  return typeof value === 'object' ? undefined : value;
}
