import { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { expect, jest, test } from '@jest/globals';
import { TransactionPersistenceLayer } from '../../../../lambdas/platform/postgres/idempotency.ts';

test('saveInProgress passes arguments on that a later Powertools release may add', async () => {
  const base = jest
    .spyOn(BasePersistenceLayer.prototype, 'saveInProgress')
    .mockResolvedValue(undefined);
  const layer = new TransactionPersistenceLayer(() => Promise.reject(new Error('not called')));
  const identity = { idempotencyKey: 'key' };
  const args = [{ id: 'a' }, 30_000, identity] as unknown as Parameters<
    BasePersistenceLayer['saveInProgress']
  >;

  await layer.saveInProgress(...args);

  expect(base.mock.calls as readonly unknown[]).toEqual([[{ id: 'a' }, 1, identity]]);
});
