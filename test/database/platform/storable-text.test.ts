import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { recordAction } from '../../../lambdas/audit/audit-log.queries.ts';
import { jsonParameter, storableText } from '../../../lambdas/platform/storable-text.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();

const anyText = fc
  .array(fc.constantFrom('\0', '\ud83c', '\udfac', '🎬', '\\u0000', '\\ud83c', '"', 'a'))
  .map((pieces) => pieces.join(''));

test('Postgres stores any text as jsonb and as text', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (key, text) => {
      const { rows } = await database.pool.query('select $1::jsonb as value, $2::text as text', [
        jsonParameter({ [`${key}key`]: [text] }),
        storableText(text),
      ]);
      expect(rows).toEqual([
        { value: { [storableText(`${key}key`)]: [storableText(text)] }, text: storableText(text) },
      ]);
    }),
  );
});

test('the audit log takes a reason and arguments that Postgres would reject', async () => {
  await recordAction(database.pool, {
    at: new Date(),
    operator: 'arn:aws:iam::1:user/a',
    command: 'events.replay',
    reason: 'a\0b',
    requestId: null,
    arguments: { event: 'x\ud83c' },
    result: ['\0'],
  });

  const { rows } = await database.pool.query(
    'select reason, arguments, result from portal.operator_actions',
  );
  expect(rows).toEqual([
    { reason: 'a\ufffdb', arguments: { event: 'x\ufffd' }, result: ['\ufffd'] },
  ]);
});
