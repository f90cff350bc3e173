import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { limit, oneOrMore } from '../../../lambdas/catalog/operator-commands/arguments.ts';
import { describeIssues } from '../../../lambdas/platform/describe-issues.ts';

const contract = z.strictObject({
  status: oneOrMore(['failed', 'exhausted']).optional(),
  limit: limit(500).optional(),
  muxAsset: z.string('expected an id').optional(),
  title: z.string().min(1).max(3).optional(),
  to: z.email().optional(),
});

const describe = (given: unknown) => {
  const { error } = contract.safeParse(given);
  return error === undefined ? [] : describeIssues(error, given);
};

test.each([
  [{ status: 'lost' }, "status 'lost' is invalid: expected one of failed, exhausted."],
  [{ status: ['failed', 'lost'] }, "status 'lost' is invalid: expected one of failed, exhausted."],
  [{ status: 7 }, "status '7' is invalid: expected one of failed, exhausted."],
  [{ limit: 501 }, "limit '501' is invalid: expected a whole number from 1 to 500."],
  [{ limit: 'x' }, "limit 'x' is invalid: expected a whole number from 1 to 500."],
  [{ muxAsset: {} }, "muxAsset '{}' is invalid: expected an id."],
  [{ title: '' }, "title '' is invalid: expected at least 1 character."],
  [{ title: 'long' }, "title 'long' is invalid: expected at most 3 characters."],
  [{ to: 'nobody' }, "to 'nobody' is invalid: expected a mail address."],
  [{ nonsense: 1 }, 'Unknown argument nonsense.'],
])('describes %j', (given, sentence) => {
  expect(describe(given)).toEqual([sentence]);
});

test('describes what is no object, and shortens long values', () => {
  expect(describe(undefined)).toEqual([expect.stringContaining('expected object')]);
  expect(describe({ limit: 'x'.repeat(500) })[0]?.length).toBeLessThan(200);
});

test('uses the names of the reader and a hint', () => {
  const given = { status: 'fialed' };
  const { error } = contract.safeParse(given);

  expect(
    error &&
      describeIssues(error, given, { nameOf: (name) => `--${name}`, hintFor: () => ' A hint.' }),
  ).toEqual(["--status 'fialed' is invalid: expected one of failed, exhausted. A hint."]);
});
