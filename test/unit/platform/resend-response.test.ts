import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { dataOf } from '../../../lambdas/platform/resend-response.ts';

const schema = z.object({ id: z.string() });

test('returns the validated data of a response', () => {
  expect(dataOf('show it', schema, { data: { id: 'one', more: 1 }, error: null })).toEqual({
    id: 'one',
  });
});

test.each([null, {}, { id: 7 }, 'a page of a proxy', []])(
  'rejects a response with the data %j and does not repeat it',
  (data) => {
    expect(() => dataOf('show it', schema, { data, error: null })).toThrow(
      new Error('The request to Resend to show it failed: the response has an unexpected form.'),
    );
  },
);

test('reports the error of a response', () => {
  const error = { name: 'restricted_api_key', statusCode: 401 };

  expect(() => dataOf('show it', schema, { data: null, error })).toThrow(
    'status 401 restricted_api_key; the key needs full access.',
  );
});
