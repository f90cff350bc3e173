import { describe, expect, test } from '@jest/globals';
import { waitForOthers } from '../../support/idempotency/idempotency-harness.ts';
import { effect, nothing, once, useEffects } from '../../support/idempotency/idempotent-effects.ts';

const { database, bound, left } = useEffects();

describe('failing work', () => {
  test('rethrows the error of Postgres and writes nothing', async () => {
    const failing = bound(async (_, tx) => {
      await effect(tx);
      await effect(tx, 'refused');
    });

    await expect(failing({ id: 'a' })).rejects.toMatchObject({
      code: '23514',
      constraint: 'effects_key_check',
    });
    expect(await left()).toEqual(nothing);
  });

  test('rethrows its own error after a caught statement error', async () => {
    const failing = bound(async (_, tx) => {
      await effect(tx, 'refused').catch(() => {});
      throw new RangeError('my own');
    });

    await expect(failing({ id: 'a' })).rejects.toThrow(new RangeError('my own'));
    expect(await left()).toEqual(nothing);
  });

  test.each([
    'IdempotencyInconsistentStateError',
    'IdempotencyItemAlreadyExistsError',
    'IdempotencyUnknownError',
  ])('runs once even if its error has the name %s', async (name) => {
    let executions = 0;
    const failing = bound(async (_, tx) => {
      executions += 1;
      await effect(tx);
      throw Object.assign(new Error('mine'), { name });
    });

    await expect(failing({ id: 'a' })).rejects.toMatchObject({ message: 'mine', cause: { name } });
    expect(executions).toBe(1);
    expect(await left()).toEqual(nothing);
  });

  test.each(['text', undefined, null, 42])(
    'can throw %p, which becomes the cause of an error',
    async (thrown) => {
      const failing = bound(async (_, tx) => {
        await effect(tx);
        throw thrown;
      });

      await expect(failing({ id: 'a' })).rejects.toMatchObject({
        message: String(thrown),
        cause: thrown,
      });
      expect(await left()).toEqual(nothing);
    },
  );

  test('has its effects once after a retry', async () => {
    let executions = 0;
    const call = bound(async (_, tx) => {
      executions += 1;
      await effect(tx);
      if (executions === 1) throw new Error('at first');
      return executions;
    });

    await expect(call({ id: 'a' })).rejects.toThrow('at first');
    await expect(call({ id: 'a' })).resolves.toBe(2);
    await expect(call({ id: 'a' })).resolves.toBe(2);
    expect(await left()).toEqual(once);
  });
});

describe('a failed commit', () => {
  test.each([undefined, 'result'])(
    'rejects after a swallowed SQL error instead of returning %p',
    async (result) => {
      const swallowing = bound(async (_, tx) => {
        await effect(tx);
        await effect(tx, 'refused').catch(() => {});
        return result;
      });

      await expect(swallowing({ id: 'a' })).rejects.toMatchObject({
        name: 'IdempotencyPersistenceLayerError',
      });
      expect(await left()).toEqual(nothing);
    },
  );

  test('leaves no effect, record or cache entry after a deferred constraint fails', async () => {
    await database.pool.query(`insert into effects (key, late) values ('first', 'taken')`);
    let late = 'taken';
    const call = bound(
      async (_, tx) => {
        await tx.query(`insert into effects (key, late) values ('second', $1::text)`, [late]);
        return late;
      },
      { settings: { useLocalCache: true } },
    );

    await expect(call({ id: 'a' })).rejects.toMatchObject({ cause: { code: '23505' } });
    expect(await left()).toEqual({ effects: 1, records: 0, open: 0 });

    late = 'free';
    await expect(call({ id: 'a' })).resolves.toBe('free');
    expect(await left()).toEqual({ effects: 2, records: 1, open: 0 });
  });

  test.each([undefined, 'result'])(
    'rejects after the server ended the session, and a retry returns %p',
    async (result) => {
      let executions = 0;
      const call = bound(async (_, tx) => {
        executions += 1;
        await effect(tx);
        if (executions > 1) return result;
        const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await database.pool.query('select pg_terminate_backend($1::int)', [rows[0]?.pid]);
        await waitForOthers(async () => {
          const alive = await database.pool.query('select from pg_stat_activity where pid = $1', [
            rows[0]?.pid,
          ]);
          return alive.rowCount === 0;
        });
        return result;
      });

      await expect(call({ id: 'a' })).rejects.toMatchObject({
        name: 'IdempotencyPersistenceLayerError',
      });
      expect(await left()).toEqual(nothing);
      await expect(call({ id: 'a' })).resolves.toBe(result);
      expect(await left()).toEqual(once);
    },
  );

  test('rejects a result that JSON does not support and writes nothing', async () => {
    const call = bound(async (_, tx) => {
      await effect(tx);
      return 1n;
    });

    await expect(call({ id: 'a' })).rejects.toMatchObject({ cause: { name: 'TypeError' } });
    expect(await left()).toEqual(nothing);
  });

  test('rejects after a deferred write failed before it was sent, and writes nothing', async () => {
    const call = bound(async (_, tx) => {
      await effect(tx);
      const circular: Record<string, unknown> = {};
      circular['self'] = circular;
      tx.deferUntilCommit(
        (async () =>
          tx.query('insert into effects (key) values ($1::text)', [JSON.stringify(circular)]))(),
      );
    });

    await expect(call({ id: 'a' })).rejects.toMatchObject({ cause: { name: 'TypeError' } });
    expect(await left()).toEqual(nothing);
  });
});
