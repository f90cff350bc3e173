const HIDDEN = '***';

// Matched at the end of a key, so that `mux-signature`, `playbackToken` and `RESEND_API_KEY` are hidden and
// `secretVersion`, `tokensRevoked` and `signedAt` are not.
const privateKey =
  /(?:secrets?|secret[-_]?string|tokens?|passwords?|passphrase|passwd|authorization|signatures?|cookie|credentials?|(?:api|private|access|secret|signing|encryption)[-_]?keys?)$/i;

const privateWord =
  '(?:secret|token|password|passwd|signature|api[-_]?key|private[-_]?key|credential)';

const ofAddress = "[\\p{L}\\p{M}\\p{N}.!#$%&'*+=^_`{|}~-]";

type Rule = readonly [pattern: RegExp, replacement: string | ((match: string) => string)];

/** A body may be long and hostile: no pattern may look at a stretch of text from more than a bounded number of places. */
const makeRules = (): readonly Rule[] => [
  [
    /-----BEGIN ([A-Z ]{1,40})-----[^-]*(?:-----END [A-Z ]{1,40}-----)?/g,
    `-----BEGIN $1-----${HIDDEN}`,
  ],
  [/\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>\\]+/gi, redactUrl],
  [
    /\b(authorization["']?\s{0,4}[:=]\s{0,4}["']?)(?:[a-z]{1,20}\s{1,4})?[^\s"',;]+/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(Bearer)\s{1,4}[A-Za-z0-9._~+/=-]+/gi, `$1 ${HIDDEN}`],
  [/(?<![\w-])eyJ[\w-]*\.[\w-]+\.[\w-]*/g, HIDDEN],
  [/\bwhsec_[A-Za-z0-9+/=_-]+/g, HIDDEN],
  [/\bre_[A-Za-z0-9]{6,}_[A-Za-z0-9_]{8,}/g, HIDDEN],
  [/\b(v\d{1,3}a?)[=,][A-Za-z0-9+/]{32,}={0,2}/g, `$1=${HIDDEN}`],
  [new RegExp(`(${privateWord}["']?=["']?)[^\\s&"',;]+`, 'gi'), `$1${HIDDEN}`],
  [
    new RegExp(`(${privateWord}\\\\?["']\\s{0,4}:\\s{0,4}\\\\?["'])[^"'\\\\]+`, 'gi'),
    `$1${HIDDEN}`,
  ],
  [new RegExp(`(?<!${ofAddress})${ofAddress}+?(@|%40)(?=[\\p{L}\\p{N}])`, 'gu'), `${HIDDEN}$1`],
];

/** None of the rules can match without one of these, and most texts have none. */
const markers = /[@="']|%40|:\/\/|-----BEGIN|authorization|bearer\s|eyJ|whsec_|\bre_|v\d{1,3}a?,/i;

// Made for the first text that needs them, and the last of them from a text of its own: the letters of all languages
// cost a cold start a millisecond, and half of that where they are only read, as in a literal.
let rules: readonly Rule[] | undefined;

/** Mail addresses keep their domain, URLs lose query and password, and what authenticates anybody is hidden. */
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

function redactUrl(url: string): string {
  const end = url.search(/[?#]/);
  const tail = end === -1 || end === url.length - 1 ? '' : `${url[end]}${HIDDEN}`;
  return url.slice(0, end === -1 ? undefined : end).replace(/:\/\/[^/]*@/g, `://${HIDDEN}@`) + tail;
}

/**
 * A copy of `value` that may be logged or archived: plain JSON, private parts hidden.
 * Errors become `{ name, code, message, stack, cause }`; what JSON cannot say becomes its text.
 */
export function redact(value: unknown): unknown {
  return copy(value, new Set());
}

function copy(value: unknown, ancestors: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return redactText(String(value));
  if (typeof value === 'function') return undefined;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (ancestors.has(value)) return '(circular)';
  ancestors.add(value);
  const copied = copyObject(value, ancestors);
  ancestors.delete(value);
  return copied;
}

function copyObject(value: object, ancestors: Set<object>): unknown {
  if (Array.isArray(value)) return value.map((item) => copy(item, ancestors));
  if (value instanceof Map || value instanceof Set) return copy([...value], ancestors);
  const entries = Object.entries(value instanceof Error ? describeError(value) : value);
  const hidesValue = namesPrivateHeader(value);
  return Object.fromEntries(
    entries.map(([key, item]) => [
      redactText(key),
      privateKey.test(key) || (hidesValue && key === 'value') ? hide(item) : copy(item, ancestors),
    ]),
  );
}

/** Mail headers travel as `{ name, value }`. */
function namesPrivateHeader(value: object): boolean {
  return 'name' in value && typeof value.name === 'string' && privateKey.test(value.name);
}

function hide(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' ? value : HIDDEN;
}

/**
 * Lambda writes an error that leaves a handler into the log by itself, with its message, its stack and whatever its
 * maker has hung on it: `input` of a URL that is none, `detail` of Postgres.
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

/** What it throws may be written into the log as it is. */
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

// The first frames say where; the rest is the runtime's.
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
