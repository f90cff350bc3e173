import { describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import type { Transaction } from '../../../lambdas/platform/postgres/transaction.ts';
import { aGate, waitForOthers } from '../../support/idempotency/idempotency-harness.ts';
import {
  effect,
  nothing,
  type Order,
  once,
  useEffects,
} from '../../support/idempotency/idempotent-effects.ts';

const { database, aLayer, bound, left } = useEffects();

describe('completes the claimed key', () => {
  test.each([undefined, 'result'])(
    'when the work changes its input and returns %p',
    async (result) => {
      const call = bound(
        async (order, tx) => {
          await effect(tx);
          order.id = 'changed';
          order.amount = 2;
          return result;
        },
        { settings: { payloadValidationJmesPath: 'amount' } },
      );

      await expect(call({ id: 'a', amount: 1 })).resolves.toBe(result);
      await expect(call({ id: 'a', amount: 1 })).resolves.toBe(result);
      expect(await left()).toEqual(once);
    },
  );

  test.each([
    ['succeeds', undefined],
    ['fails', new RangeError('my own')],
  ])('when the work removes the key from its input and then %s', async (_, failure) => {
    const call = bound(async (order, tx) => {
      await effect(tx);
      order.id = undefined;
      if (failure !== undefined) throw failure;
    });

    const error = await call({ id: 'a' }).catch((reason: unknown) => reason);

    expect(error).toBe(failure);
    expect(await left()).toEqual(failure === undefined ? once : nothing);
  });

  test('when two kinds of work overlap on one layer', async () => {
    const layer = aLayer();
    const [gate, other] = [aGate(), aGate()];
    const work = (passed: Promise<void>, result: string) => async (_: Order, tx: Transaction) => {
      await effect(tx);
      await passed;
      return result;
    };
    const orders = bound(work(gate.passed, 'order'), { layer, keyPrefix: 'orders' });
    const refunds = bound(work(other.passed, 'refund'), { layer, keyPrefix: 'refunds' });

    const [order, refund] = [orders({ id: 'a' }), refunds({ id: 'a' })];
    gate.open();
    await order;
    other.open();
    await refund;

    const { rows } = await database.pool.query(`
      select split_part(id, '#', 1) as prefix, response
      from portal.idempotency_records order by id`);
    expect(rows).toEqual([
      { prefix: 'orders', response: '"order"' },
      { prefix: 'refunds', response: '"refund"' },
    ]);
    await expect(Promise.all([orders({ id: 'a' }), refunds({ id: 'a' })])).resolves.toEqual([
      'order',
      'refund',
    ]);
  });
});

describe('a transaction', () => {
  test('rejects statements after commit and after rollback', async () => {
    const leaked: Transaction[] = [];
    const call = bound(async ({ id }, tx) => {
      leaked.push(tx);
      if (id === 'fails') throw new Error('on purpose');
    });
    await call({ id: 'a' });
    await call({ id: 'fails' }).catch(() => {});

    for (const tx of leaked) await expect(effect(tx)).rejects.toThrow('has ended');
    expect(leaked).toHaveLength(2);
    expect(await left()).toMatchObject({ effects: 0 });
  });

  test('writes nothing after the commit for work that does not await its statements', async () => {
    const floating: Promise<unknown>[] = [];
    const call = bound(async (_, tx) => {
      floating.push(effect(tx).then(() => effect(tx)));
    });

    await call({ id: 'a' });

    await expect(floating[0]).rejects.toThrow('has ended');
    expect(await left()).toEqual(once);
  });
});

describe('concurrent calls', () => {
  test('20 duplicates have one effect and one result', async () => {
    const call = bound(async (_, tx) => {
      await effect(tx);
      return {
        at: (await tx.query<{ now: string }>('select clock_timestamp()::text as now')).rows[0]?.now,
      };
    });

    const results = await Promise.all(Array.from({ length: 20 }, () => call({ id: 'a' })));

    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(results[0]?.at).toMatch(/^20/);
    expect(await left()).toEqual(once);
  });

  test('10 duplicates need no more than 3 connections', async () => {
    const pool = openDatabase({ url: database.url, connections: 3, applicationName: 'three' });
    const call = bound(
      async (_, tx) => {
        await effect(tx);
        await waitForOthers(() => pool.waitingCount === 7);
        return 'done';
      },
      { layer: aLayer(() => pool) },
    );

    const results = await Promise.all(Array.from({ length: 10 }, () => call({ id: 'a' })));

    expect(results).toEqual(Array.from({ length: 10 }, () => 'done'));
    expect(pool.totalCount).toBeLessThanOrEqual(3);
    await pool.end();
    expect(await left()).toEqual(once);
  });

  test('duplicates of failing work run one after another until one succeeds', async () => {
    let executions = 0;
    const call = bound(async (_, tx) => {
      executions += 1;
      await effect(tx);
      if (executions < 4) throw new Error(`failure ${executions}`);
      return executions;
    });

    const results = await Promise.allSettled(Array.from({ length: 8 }, () => call({ id: 'a' })));

    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(3);
    expect(results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))).toEqual([
      4, 4, 4, 4, 4,
    ]);
    expect(executions).toBe(4);
    expect(await left()).toEqual(once);
  });

  test('rejects nested work on one layer, but allows it after the outer work ended', async () => {
    const layer = aLayer();
    const inner = bound(async (_, tx) => effect(tx), { layer, keyPrefix: 'inner' });
    let afterwards: Promise<unknown> = Promise.resolve();
    const gate = aGate();
    const outer = bound(
      async (_, tx) => {
        await effect(tx);
        afterwards = gate.passed.then(() => inner({ id: 'later' }));
        return inner({ id: 'a' });
      },
      { layer },
    );

    await expect(outer({ id: 'a' })).rejects.toThrow(/nested/);
    expect(await left()).toEqual(nothing);

    gate.open();
    await afterwards;
    expect(await left()).toEqual(once);
  });
});
