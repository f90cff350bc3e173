import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { log } from '../../../lambdas/platform/logger.ts';
import { redact } from '../../../lambdas/platform/redaction.ts';
import { useStdout } from '../../support/stdout.ts';

const stdout = useStdout();

const list = (levels: number, inner: unknown) => {
  let value = inner;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};
const object = (levels: number, inner: unknown) => {
  let value = inner;
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return value;
};

/** Counts levels without recursion, since the value may be deeper than the stack. */
function depthOf(value: unknown): number {
  let level = [value];
  let depth = 0;
  for (; level.some((item) => typeof item === 'object' && item !== null); depth += 1)
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  return depth;
}

test.each([
  ['lists', list(10_000, 'x')],
  ['objects', object(10_000, 'x')],
  ['parsed lists', JSON.parse(`${'['.repeat(400_000)}${']'.repeat(400_000)}`)],
  ['errors', Array.from({ length: 10_000 }).reduce((cause) => new Error('e', { cause }), 'x')],
])('copies deeply nested %s up to 32 levels', (_, value) => {
  const copied = redact(value);

  expect(depthOf(copied)).toBe(32);
  expect(JSON.stringify(copied)).toContain('(too deep)');
});

test('keeps everything of a value that is no deeper than 32 levels', () => {
  expect(redact(list(32, 'x'))).toEqual(list(32, 'x'));
});

test('copies at most 50,000 values and a million characters', () => {
  const many = redact(Array.from({ length: 60_000 }, () => 1)) as unknown[];
  expect(many).toHaveLength(50_001);
  expect(many.at(-1)).toBe('(too large)');

  const names = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`n${n}`, n]));
  const object = redact(names) as Record<string, unknown>;
  expect(Object.keys(object)).toHaveLength(50_001);
  expect(object['(too large)']).toBe(10_000);

  const long = redact(['x'.repeat(900_000), 'y'.repeat(900_000)]) as [string, string];
  expect(long.map(({ length }) => length)).toEqual([900_000, 100_000 + '(too large)'.length]);
});

test('copies any nesting into JSON of a bounded depth', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'large', withCrossShrink: true },
      fc.string(),
      fc.integer(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.nat(20_000), fc.boolean(), (inner, levels, asList) => {
      const nested = asList ? list(levels, inner) : object(levels, inner);
      expect(depthOf(JSON.parse(JSON.stringify(redact(nested))))).toBeLessThanOrEqual(32);
    }),
  );
});

test('logs a line for fields that throw when they are read', () => {
  const hostile = new Proxy(
    { a: 1 },
    {
      ownKeys() {
        throw new Error('hostile');
      },
    },
  );

  expect(() => log.info('Something happened', { hostile })).not.toThrow();
  expect(stdout).toMatchObject([
    { level: 'INFO', message: 'Something happened', fields: 'The fields could not be redacted.' },
  ]);
});
