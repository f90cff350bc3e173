import { describe, expect, test } from '@jest/globals';
import { waitForOthers } from '../../support/idempotency/idempotency-harness.ts';
import { effect, nothing, once, useEffects } from '../../support/idempotency/idempotent-effects.ts';

const { database, bound, left } = useEffects();

describe('work that fails', () => {
  test('keeps the error that Postgres answered, and leaves nothing', async () => {
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

  test('keeps its own error after a statement that it caught had failed', async () => {
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
  ])('runs once even if its error is called %s', async (name) => {
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
    'may throw %p, which arrives as the cause of an error',
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

  test('has its effects once when it is tried again', async () => {
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

describe('a commit that does not happen', () => {
  test.each([undefined, 'result'])(
    'is an error: a swallowed SQL error cannot pass as %p',
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

  test('by a deferred constraint leaves neither effect nor record, and nothing in the local cache', async () => {
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
    'because the server ended the session while the work was elsewhere, is an error (%p), and trying again helps',
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

  test('because a result is none that JSON knows, is an error and leaves nothing', async () => {
    const call = bound(async (_, tx) => {
      await effect(tx);
      return 1n;
    });

    await expect(call({ id: 'a' })).rejects.toMatchObject({ cause: { name: 'TypeError' } });
    expect(await left()).toEqual(nothing);
  });

  test('because a write that was to travel with it could not even be sent, is an error and leaves nothing', async () => {
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
