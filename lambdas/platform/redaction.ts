import { OperatorIdentity } from './operator-identity.ts';
import { HIDDEN, makeRules, markers, type Rule } from './redaction/rules.ts';

// Matches the end of a key: hides `mux-signature`, `playbackToken` and `RESEND_API_KEY`, but not
// `secretVersion`, `tokensRevoked` and `signedAt`.
const privateKeyEndings = [
  'secrets?',
  'secret[-_]?string',
  'tokens?',
  'passwords?',
  'passphrase',
  'passwd',
  'authorization',
  'signatures?',
  'cookie',
  'credentials?',
  '(?:api|private|access|secret|signing|encryption|stream)[-_]?keys?',
  'access[-_]?key[-_]?id',
  'ip[-_]?address(?:es)?',
  'user[-_]?agent',
  'phone(?:[-_]?number)?',
];
const privateKey = new RegExp(`(?:${privateKeyEndings.join('|')})$`, 'i');

// Built for the first text with a marker. The rule for mail addresses covers the letters of all
// languages: compiling it costs a cold start 1 ms, and parsing it as a literal would still cost 0.5
// ms.
let rules: readonly Rule[] | undefined;

/**
 * Hides the local part of mail addresses, public network addresses, phone numbers, names of
 * browsers, the path, query and password of URLs, and all credentials.
 */
export function redactText(text: string): string {
  if (!markers.test(text)) return text;
  rules ??= makeRules();
  return rules.reduce(
    (redacted, [pattern, replacement]) =>
      typeof replacement === 'string'
        ? redacted.replace(pattern, replacement)
        : redacted.replace(pattern, (match) => replacement(match)),
    text,
  );
}

// Real bodies have 8 levels and some hundred values. A sender can nest a million levels into one
// body, more than the stack holds.
const MAX_DEPTH = 32;
const MAX_VALUES = 50_000;
const MAX_CHARACTERS = 1_000_000;

const TOO_DEEP = '(too deep)';
const TOO_LARGE = '(too large)';

/** State of one copy: the objects around the current value, and what may still be copied. */
interface CopyState {
  readonly ancestors: Set<object>;
  values: number;
  characters: number;
}

/**
 * Copies `value` as plain JSON with private parts hidden, for logs and archives. Errors become
 * `{ name, code, message, stack, cause }`; values that JSON does not support become text. Markers
 * replace what is nested deeper, or larger, than any real value.
 */
export function redact(value: unknown): unknown {
  return copy(value, {
    ancestors: new Set(),
    values: MAX_VALUES,
    characters: MAX_CHARACTERS,
  });
}

function copy(value: unknown, state: CopyState): unknown {
  if (typeof value === 'string') return copyText(value, state);
  if (typeof value === 'bigint' || typeof value === 'symbol') return copyText(String(value), state);
  if (typeof value === 'function') return undefined;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (value instanceof OperatorIdentity) return value.text;
  const { ancestors } = state;
  if (ancestors.has(value)) return '(circular)';
  if (ancestors.size >= MAX_DEPTH) return TOO_DEEP;
  ancestors.add(value);
  const copied = copyObject(value, state);
  ancestors.delete(value);
  return copied;
}

function copyText(text: string, state: CopyState): string {
  const redacted = redactText(text);
  const kept = redacted.slice(0, state.characters);
  state.characters -= kept.length;
  return kept.length === redacted.length ? kept : `${kept}${TOO_LARGE}`;
}

function copyObject(value: object, state: CopyState): unknown {
  if (Array.isArray(value)) return copyItems(value, state);
  if (value instanceof Map || value instanceof Set) return copy([...value], state);
  const entries = Object.entries(value instanceof Error ? describeError(value) : value);
  const hidesValue = namesPrivateHeader(value);
  const kept = takeValues(entries, state).map(([key, item]) => [
    copyText(key, state),
    privateKey.test(key) || (hidesValue && key === 'value') ? hide(item) : copy(item, state),
  ]);
  if (kept.length < entries.length) kept.push([TOO_LARGE, entries.length - kept.length]);
  return Object.fromEntries(kept);
}

function copyItems(items: readonly unknown[], state: CopyState): unknown[] {
  const kept = takeValues(items, state).map((item) => copy(item, state));
  if (kept.length < items.length) kept.push(TOO_LARGE);
  return kept;
}

/** Returns the first items, as many as may still be copied. */
function takeValues<Item>(items: readonly Item[], state: CopyState): readonly Item[] {
  const taken = items.slice(0, state.values);
  state.values -= taken.length;
  return taken;
}

/** Recognises a mail header, which has the form `{ name, value }`. */
function namesPrivateHeader(value: object): boolean {
  return 'name' in value && typeof value.name === 'string' && privateKey.test(value.name);
}

function hide(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' ? value : HIDDEN;
}

/**
 * Copies an error for Lambda, which logs every error that a handler throws with its message, stack
 * and all other properties, such as `input` of an invalid URL or `detail` of Postgres.
 */
export function redactedError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(redactText(String(error)));
  const { name, message, stack = '' } = error;
  const redacted = Object.assign(new Error(redactText(message)), {
    name,
    ...('code' in error && { code: error.code }),
  });
  return Object.assign(redacted, { stack: redactText(stack) });
}

/** Wraps a handler so that its errors are redacted before Lambda logs them. */
export function throwingRedacted<Args extends readonly unknown[], Result>(
  handle: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await handle(...args);
    } catch (error) {
      throw redactedError(error);
    }
  };
}

// The first frames are our code; the rest belongs to the runtime.
const STACK_LINES = 6;

function describeError(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    name,
    ...('code' in error ? { code: error.code } : {}),
    message,
    ...(stack === undefined ? {} : { stack: stack.split('\n').slice(0, STACK_LINES).join('\n') }),
    ...(cause === undefined ? {} : { cause }),
    ...(error instanceof AggregateError ? { errors: error.errors } : {}),
  };
}
