import type { LocalInstance } from '../../../local/local-instance.ts';

export interface LogLine {
  readonly functionName: string;
  readonly text: string;
  /** Fields of a JSON line; empty for any other line. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Traffic through an instance, with everything that the privacy tests compare. */
export interface PrivacyRun {
  readonly local: () => LocalInstance;
  readonly lines: LogLine[];
  /** Texts that were part of the input and must not appear in any log line. */
  readonly forbidden: Set<string>;
  /** One event id for each accepted delivery. */
  readonly acceptedIds: string[];
  /** A member whose name and address are private. */
  readonly member: { readonly name: string; readonly email: string };
}

export function makePrivacyRun(local: () => LocalInstance): PrivacyRun {
  return {
    local,
    lines: [],
    forbidden: new Set(),
    acceptedIds: [],
    member: { name: 'Quilla Vex', email: 'quilla.zyxwvut@members.example' },
  };
}

export function forbid({ forbidden }: PrivacyRun, ...texts: readonly string[]): void {
  for (const text of texts) if (text !== '') forbidden.add(text);
}

export function fail(message: string): never {
  throw new Error(message);
}

export function toLogLine(functionName: string, text: string): LogLine {
  return { functionName, text, fields: fieldsOf(text) };
}

function fieldsOf(text: string): LogLine['fields'] {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
