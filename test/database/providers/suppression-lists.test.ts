import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { liftSuppression } from '../../../lambdas/notifications/email-suppressions.queries.ts';
import { makeSuppressionCommands } from '../../../lambdas/operations/commands/suppression-commands.ts';
import { makeCompareSuppressions } from '../../../lambdas/providers/resend/compare-suppressions.ts';
import { makeContacts } from '../../../lambdas/providers/resend/effects.ts';
import { parseSuppressionRule } from '../../../lambdas/providers/resend/suppression.ts';
import type { ListedAddress } from '../../../lambdas/providers/resend/suppressions-api.ts';
import { aBounce, aListEvent, aResendEvent } from '../../support/providers/resend-events.ts';
import { anyListSteps, playSteps } from '../../support/providers/resend-list-model.ts';
import { useResendMails } from '../../support/providers/resend-mails.ts';
import { useStdout } from '../../support/stdout.ts';

const { aMail, apply, database, rowsOf, suppressed } = useResendMails();
useStdout();

const mia = 'mia@members.example';
const noon = new Date('2026-03-02T12:00:00Z');
const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

/** Compares the lists at noon. @param during Runs while the pages are being read. */
async function compare(theirs: readonly ListedAddress[], during = async () => {}) {
  const run = makeCompareSuppressions({
    pool: async () => database.pool,
    suppressions: {
      async list() {
        await during();
        return theirs;
      },
    },
    rule: parseSuppressionRule('2/5/30'),
    contacts: makeContacts('test', 'support@example.org', ['partner@example.org']),
    now: () => noon,
  });
  return run({ scheduledAt: noon, remainingMs: () => 60_000 });
}

const listed = (address: string): ListedAddress => ({ address, reason: 'permanent-bounces' });
const kinds = async () =>
  (await rowsOf('select type from portal.outbox order by type')).map(({ type }) => type);

describe('the daily comparison', () => {
  test('suppresses what only Resend lists, and reports it as an event does', async () => {
    expect(await compare([listed(mia), listed('partner@example.org')])).toEqual({
      SuppressionDifferences: 2,
      AddressesSuppressed: 2,
      AddressesLifted: 0,
    });
    expect(await suppressed()).toEqual([mia, 'partner@example.org']);
    expect(await kinds()).toEqual([
      'email.suppressed',
      'email.suppressed',
      'notification.requested',
      'notification.requested',
      'on-call.alerted',
    ]);
    expect(await compare([listed(mia), listed('partner@example.org')])).toMatchObject({
      SuppressionDifferences: 0,
    });
    expect(await kinds()).toHaveLength(5);
  });

  test('lifts what Resend no longer lists', async () => {
    await apply(aListEvent('added', mia));
    expect(await compare([])).toEqual({
      SuppressionDifferences: 1,
      AddressesSuppressed: 0,
      AddressesLifted: 1,
    });
    expect(await suppressed()).toEqual([]);
  });

  test('keeps what the rule of the portal suppresses', async () => {
    await apply(aResendEvent('email.complained', await aMail()));
    expect(await compare([])).toMatchObject({ SuppressionDifferences: 0, AddressesLifted: 0 });
    expect(await suppressed()).toEqual([mia]);
  });

  test('learns that Resend lists an address that the rule suppressed first', async () => {
    await apply(aResendEvent('email.complained', await aMail()));
    expect(await compare([listed(mia)])).toMatchObject({ SuppressionDifferences: 0 });
    expect(await compare([])).toMatchObject({ SuppressionDifferences: 1, AddressesLifted: 1 });
  });

  test('changes nothing that happened while the pages were read', async () => {
    await apply(aListEvent('added', mia));
    const during = async () => {
      await apply(
        aListEvent('removed', mia, { at: minutes(1).toISOString() }),
        aListEvent('added', 'new@members.example', { at: minutes(1).toISOString() }),
      );
    };
    expect(await compare([listed(mia)], during)).toMatchObject({
      AddressesSuppressed: 0,
      AddressesLifted: 0,
    });
    expect(await suppressed()).toEqual(['new@members.example']);
  });

  test('repairs more addresses than one transaction holds', async () => {
    const theirs = Array.from({ length: 250 }, (_, index) => listed(`m${index}@members.example`));
    expect(await compare(theirs)).toMatchObject({ AddressesSuppressed: 250 });
    expect(await suppressed()).toHaveLength(250);
  });
});

describe('suppressions lift', () => {
  /** Runs the command against a list at Resend. */
  async function lift(
    theirs: Set<string>,
    address = mia,
    { pool = async () => database.pool } = {},
  ) {
    const commands = makeSuppressionCommands({
      pool,
      suppressionList: {
        remove: async (one) => (theirs.delete(one) ? 'removed' : 'not-listed'),
      },
      now: () => noon,
    });
    return commands['suppressions lift']({ address, reason: 'works again' }, 'ines');
  }

  test('lifts the entries of both lists and reports each', async () => {
    await apply(aListEvent('added', mia, { origin: 'complaint' }));
    const theirs = new Set([mia]);
    expect(await lift(theirs, 'Mia <MIA@members.example>')).toMatchObject({
      portal: 'lifted',
      resend: 'removed',
      lifted: { address: mia, reason: 'complaint', origin: 'resend' },
    });
    expect([await suppressed(), theirs.size]).toEqual([[], 0]);
    expect(await lift(theirs)).toEqual({ portal: 'not-suppressed', resend: 'not-listed' });
  });

  test('can be repeated after a crash between the two lists', async () => {
    await apply(aListEvent('added', mia));
    const theirs = new Set([mia]);
    const crash = async () => {
      if (theirs.size === 0) throw new Error('the function was killed');
      return database.pool;
    };
    await expect(lift(theirs, mia, { pool: crash })).rejects.toThrow('killed');
    expect([await suppressed(), theirs.size]).toEqual([[mia], 0]);

    expect(await lift(theirs)).toMatchObject({ portal: 'lifted', resend: 'not-listed' });
    expect(await suppressed()).toEqual([]);
  });

  test('changes nothing here if Resend does not answer', async () => {
    await apply(aListEvent('added', mia));
    const commands = makeSuppressionCommands({
      pool: async () => database.pool,
      suppressionList: { remove: async () => Promise.reject(new Error('no response in time')) },
      now: () => noon,
    });
    await expect(
      commands['suppressions lift']({ address: mia, reason: 'works again' }, 'ines'),
    ).rejects.toThrow('no response');
    expect(await suppressed()).toEqual([mia]);
  });

  test('ignores an event from before the lift of an address that only Resend listed', async () => {
    expect(await lift(new Set([mia]))).toEqual({ portal: 'not-suppressed', resend: 'removed' });
    const mail = await aMail();
    await apply(
      aListEvent('added', mia, { at: minutes(-1).toISOString() }),
      aResendEvent('email.complained', mail, { at: minutes(-1).toISOString() }),
    );
    expect(await suppressed()).toEqual([]);
    await apply(
      aBounce(mail, 'Permanent', { at: minutes(1).toISOString() }),
      aListEvent('added', mia, { at: minutes(1).toISOString() }),
    );
    expect(await suppressed()).toEqual([mia]);
  });
});

test('both lists are equal after any order of bounces, reports, removals and lifts', async () => {
  await fc.assert(
    fc.asyncProperty(anyListSteps, async (steps) => {
      await rowsOf(
        'truncate portal.email_incidents, portal.email_suppressions, portal.notifications cascade',
      );
      const portal = {
        deliver: apply,
        async lift(at: Date, wasListed: boolean) {
          await liftSuppression(database.pool, { address: mia, by: 'ines', at, wasListed });
        },
      };
      const isListed = await playSteps(steps, portal, aMail);
      expect(await suppressed()).toEqual(isListed ? [mia] : []);
    }),
    { numRuns: 40 },
  );
});
