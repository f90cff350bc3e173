type Json = unknown;
type Pattern = Readonly<Record<string, unknown>>;

/**
 * Returns true if the pattern of a rule matches the event.
 * `checkPattern` rejects unknown operators when the rule is read, before any event arrives.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matchesPattern(pattern: Pattern, event: Json): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or')
      return (wanted as readonly Pattern[]).some((alternative) =>
        matchesPattern(alternative, event),
      );
    const value =
      typeof event === 'object' && event !== null
        ? (event as Record<string, Json>)[key]
        : undefined;
    if (!Array.isArray(wanted)) return matchesPattern(wanted as Pattern, value);
    const values = Array.isArray(value) ? value : [value];
    return wanted.some((matcher) => values.some((candidate) => matchesOne(matcher, candidate)));
  });
}

function matchesOne(matcher: Json, value: Json): boolean {
  if (typeof matcher !== 'object' || matcher === null) return matcher === value;
  const [[operator, argument] = ['', undefined]] = Object.entries(matcher);
  return operators[operator]?.(argument, value) ?? false;
}

const operators: Readonly<Record<string, (argument: Json, value: Json) => boolean>> = {
  exists: (argument, value) => (value !== undefined) === argument,
  prefix: (argument, value) => typeof value === 'string' && value.startsWith(String(argument)),
  suffix: (argument, value) => typeof value === 'string' && value.endsWith(String(argument)),
  'equals-ignore-case': (argument, value) =>
    typeof value === 'string' && value.toLowerCase() === String(argument).toLowerCase(),
  wildcard: (argument, value) =>
    typeof value === 'string' && wildcard(String(argument)).test(value),
  numeric: (argument, value) =>
    typeof value === 'number' && inRange(argument as readonly (string | number)[], value),
  'anything-but': (argument, value) =>
    value !== undefined && ![argument].flat().some((excluded) => matchesOne(excluded, value)),
};

function wildcard(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function inRange(argument: readonly (string | number)[], value: number): boolean {
  for (let index = 0; index < argument.length; index += 2) {
    const bound = Number(argument[index + 1]);
    const holds = {
      '<': value < bound,
      '<=': value <= bound,
      '=': value === bound,
      '>=': value >= bound,
      '>': value > bound,
    };
    if (!holds[argument[index] as keyof typeof holds]) return false;
  }
  return true;
}

/** @throws for a pattern that `matchesPattern` does not support. */
export function checkPattern(pattern: Pattern, path = ''): void {
  for (const [key, wanted] of Object.entries(pattern)) {
    if (key === '$or')
      for (const alternative of wanted as readonly Pattern[])
        checkPattern(alternative, `${path}$or.`);
    else if (Array.isArray(wanted))
      for (const matcher of wanted) checkMatcher(matcher, `${path}${key}`);
    else if (typeof wanted === 'object' && wanted !== null)
      checkPattern(wanted as Pattern, `${path}${key}.`);
    else throw new Error(`The event pattern's ${path}${key} is neither a list nor a pattern.`);
  }
}

function checkMatcher(matcher: Json, path: string): void {
  if (typeof matcher !== 'object' || matcher === null) return;
  const names = Object.keys(matcher);
  if (names.length !== 1 || !((names[0] as string) in operators))
    throw new Error(
      `The event pattern's ${path} uses ${names.join(', ')}, ` +
        'which local/aws/eventbridge/event-pattern.ts does not implement.',
    );
}
