import { at, list, render } from './references.ts';
import type { Resource } from './stages.ts';

/** A request as a resource policy sees it. A key that is not given is missing in the request. */
export interface PolicyRequest {
  /** ARN of an identity or name of a service; undefined for an anonymous request. */
  readonly principal: string | undefined;
  readonly action: string;
  readonly keys: Readonly<Record<string, string>>;
}

export type PolicyDecision = 'allowed' | 'denied' | 'not mentioned';

/**
 * Evaluates a resource policy as IAM does: an explicit denial wins. Knows the operators that the
 * templates use, and fails on any other.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function evaluatePolicy(
  owner: Resource,
  document: unknown,
  request: PolicyRequest,
): PolicyDecision {
  const effects = list(at(document, 'Statement'))
    .filter((statement) => applies(owner, statement, request))
    .map((statement) => at(statement, 'Effect'));
  if (effects.includes('Deny')) return 'denied';
  return effects.includes('Allow') ? 'allowed' : 'not mentioned';
}

const applies = (owner: Resource, statement: unknown, request: PolicyRequest): boolean =>
  list(at(statement, 'Action')).some((pattern) => matches(String(pattern), request.action)) &&
  namesPrincipal(owner, statement, request) &&
  conditionsOf(statement).every(([operator, key, values]) =>
    isFulfilled(
      operator,
      request.keys[key],
      values.map((value) => render(owner, value)),
    ),
  );

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  ).test(text);

function namesPrincipal(owner: Resource, statement: unknown, { principal }: PolicyRequest) {
  const given = at(statement, 'Principal');
  if (given === '*' || at(given, 'AWS') === '*') return true;
  const names = [...list(at(given, 'AWS')), ...list(at(given, 'Service'))];
  return names
    .map((name) => render(owner, name))
    .some(
      (name) =>
        name === principal ||
        // The root of an account stands for all of its identities.
        (name.endsWith(':root') && accountOf(name) === accountOf(principal ?? '')),
    );
}

const accountOf = (arn: string) => arn.split(':')[4];

const conditionsOf = (statement: unknown) =>
  Object.entries(at(statement, 'Condition') ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys as object).map(([key, values]) => [operator, key, list(values)] as const),
  );

function isFulfilled(
  operator: string,
  value: string | undefined,
  expected: readonly string[],
): boolean {
  if (operator === 'Null') return String(value === undefined) === expected[0];
  const isOptional = operator.endsWith('IfExists');
  const base = operator.replace('IfExists', '');
  const isNegated = base.includes('Not');
  // A missing key fulfils a negated condition, and none other.
  if (value === undefined) return isOptional || isNegated;
  const isMatched = expected.some((one) => compare(base.replace('Not', ''), one, value));
  return isMatched !== isNegated;
}

function compare(operator: string, expected: string, value: string): boolean {
  switch (operator) {
    case 'StringEquals':
    case 'Bool':
      return expected === value;
    case 'NumericLessThan':
      return Number(value) < Number(expected);
    case 'StringLike':
    case 'ArnEquals':
    case 'ArnLike':
      return matches(expected, value);
    default:
      throw new Error(`The evaluator does not know the operator ${operator}.`);
  }
}
