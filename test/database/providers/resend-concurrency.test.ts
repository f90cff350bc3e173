import { describe, expect, test } from '@jest/globals';
import { withoutLockTimeouts } from '../../support/postgres/lock-timeouts.ts';
import { aResendProcessor } from '../../support/processor.ts';
import {
  aBounce,
  aResendEvent,
  aResendRecord,
  type TestMail,
} from '../../support/providers/resend-events.ts';
import { useResendMails } from '../../support/providers/resend-mails.ts';
import { useStdout } from '../../support/stdout.ts';

const { aMail, count, database, rowsOf, suppressed } = useResendMails();
const stdout = useStdout();

/** Returns the logged errors, each as its SQLSTATE if Postgres reported it. */
const failures = () =>
  stdout.flatMap(({ error }) =>
    error === undefined ? [] : [(error as { code?: string }).code ?? error],
  );

describe('concurrent processors', () => {
  test('apply an event once from 20 deliveries', async () => {
    const event = aResendEvent('email.complained', await aMail());
    const processors = Array.from({ length: 20 }, () => aResendProcessor(database.pool));

    const retried = await Promise.all(
      processors.map((processor, index) =>
        processor.process(Array.from({ length: 1 + (index % 3) }, () => aResendRecord(event))),
      ),
    );

    expect(retried.flat()).toEqual([]);
    for (const table of ['webhook_events', 'email_incidents', 'email_suppressions'])
      expect([table, await count(table)]).toEqual([table, 1]);
    expect(processors.flatMap(({ published }) => published)).toHaveLength(2);
  });

  test('suppress an address once after 20 bounces', async () => {
    const mails = await Promise.all(Array.from({ length: 20 }, () => aMail()));
    const processors = mails.map(() => aResendProcessor(database.pool));

    const retried = await Promise.all(
      mails.map((mail, index) =>
        processors[index]?.process([aResendRecord(aBounce(mail, 'Permanent'))]),
      ),
    );

    expect(retried.flat()).toEqual([]);
    expect(await count('email_incidents')).toBe(20);
    expect(await suppressed()).toEqual(['mia@members.example']);
    expect(
      await rowsOf(`select kind from portal.notifications where source = 'resend'`),
    ).toHaveLength(1);
    expect(
      await rowsOf(`select id from portal.outbox where type = 'email.suppressed'`),
    ).toHaveLength(1);
  });

  describe('never deadlock', () => {
    const BATCHES = 4;

    /**
     * Applies batches of complaints concurrently, each second one in reverse. A batch that loses a
     * deadlock logs its error.
     */
    async function complainConcurrently(batches: readonly (readonly TestMail[])[]): Promise<void> {
      const retried = await Promise.all(
        batches.map((batch, index) => {
          const mails = index % 2 ? batch : batch.toReversed();
          return aResendProcessor(database.pool).process(
            mails.map((mail) => aResendRecord(aResendEvent('email.complained', mail))),
          );
        }),
      );
      expect(retried.flat()).toEqual([]);
      expect(withoutLockTimeouts(failures())).toEqual([]);
    }

    const addresses = (count: number) =>
      Array.from({ length: count }, (_, index) => `m${index}@members.example`);

    /** The batches share addresses and no mail: a shared mail would let them run one by one. */
    const mailsTo = (to: readonly string[]) =>
      Promise.all(
        Array.from({ length: BATCHES }, () =>
          Promise.all(to.map((address) => aMail({ to: address, isMember: false }))),
        ),
      );

    test('on the same mails in opposite orders', async () => {
      const mails = await Promise.all(Array.from({ length: 500 }, () => aMail()));

      await complainConcurrently(Array.from({ length: BATCHES }, () => mails));

      expect(await suppressed()).toEqual(['mia@members.example']);
    });

    test('on unknown addresses in opposite orders', async () => {
      const to = addresses(8);
      const batches = await mailsTo(to);
      await rowsOf(`
        create function delay_insert() returns trigger language plpgsql as
          $$ begin perform pg_sleep(0.02); return new; end $$;
        create trigger delay_insert before insert on portal.email_suppressions
          for each row execute function delay_insert()`);

      await complainConcurrently(batches).finally(() =>
        rowsOf('drop function delay_insert cascade'),
      );

      expect(await suppressed()).toEqual(to);
      expect(
        await rowsOf(`select id from portal.outbox where type = 'email.suppressed'`),
      ).toHaveLength(8);
    });

    test('on known addresses in opposite orders', async () => {
      const to = addresses(500);
      await rowsOf('insert into portal.email_suppressions (address) select unnest($1::text[])', [
        to,
      ]);

      await complainConcurrently(await mailsTo(to));

      expect(await suppressed()).toHaveLength(500);
    });
  });
});
