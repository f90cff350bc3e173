import { describe, expect, test } from '@jest/globals';
import { aResendProcessor } from '../../support/processor.ts';
import { aBounce, aResendEvent, aResendRecord } from '../../support/providers/resend-events.ts';
import { useResendMails } from '../../support/providers/resend-mails.ts';
import { useStdout } from '../../support/stdout.ts';

const { aMail, count, database, rowsOf, suppressed } = useResendMails();
const stdout = useStdout();

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

  describe('never deadlock on addresses named in opposite orders', () => {
    /**
     * Applies four batches of complaints concurrently. A batch that lost a deadlock would log its
     * failure.
     */
    async function complainConcurrently(addresses: readonly string[]): Promise<void> {
      const mails = await Promise.all(addresses.map((to) => aMail({ to })));
      const retried = await Promise.all(
        Array.from({ length: 4 }, (_, index) => {
          const batch = index % 2 ? mails : mails.toReversed();
          return aResendProcessor(database.pool).process(
            batch.map((mail) => aResendRecord(aResendEvent('email.complained', mail))),
          );
        }),
      );
      expect(retried.flat()).toEqual([]);
      expect(stdout.map(({ message }) => message)).not.toContain(
        'Batch failed; retrying records one by one',
      );
    }

    test('when the addresses are unknown', async () => {
      await rowsOf(`
        create function delay_insert() returns trigger language plpgsql as
          $$ begin perform pg_sleep(0.02); return new; end $$;
        create trigger delay_insert before insert on portal.email_suppressions
          for each row execute function delay_insert()`);
      const to = Array.from({ length: 8 }, (_, index) => `m${index}@members.example`);

      await complainConcurrently(to).finally(() => rowsOf('drop function delay_insert cascade'));

      expect(await suppressed()).toEqual(to);
      expect(
        await rowsOf(`select id from portal.outbox where type = 'email.suppressed'`),
      ).toHaveLength(8);
    });

    test('when the addresses are known', async () => {
      const to = Array.from({ length: 500 }, (_, index) => `m${index}@members.example`);
      await rowsOf('insert into portal.email_suppressions (address) select unnest($1::text[])', [
        to,
      ]);
      await complainConcurrently(to);
      expect(await suppressed()).toHaveLength(500);
    });
  });
});
