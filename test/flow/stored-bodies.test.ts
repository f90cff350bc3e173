import { expect, test } from '@jest/globals';
import { waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import { WAIT_MS } from '../support/eventually.ts';
import { functionNamed, useLocal } from '../support/local.ts';
import { auditedActions, operateOn } from '../support/operator-commands.ts';
import { signedPost } from '../support/privacy/signed-post.ts';

const local = useLocal();
const operate = (command: string, given: object = {}) => operateOn(local(), command, given);

/** Texts that only a reading of the whole body may show. */
const hidden = ['quilla.vex', 'Quilla', 'zq-secret-path', '203.0.113.77'];
const data = {
  // Fails, because the mail has no id: the ledger keeps the whole body.
  to: ['Quilla <quilla.vex@members.example>'],
  subject: 'For Quilla',
  bounce: {
    message: 'https://portal.example/s/zq-secret-path from 203.0.113.77',
    type: 'Permanent',
  },
};

test('a body is shown only by the commands that are recorded', async () => {
  const event = await signedPost(local(), 'resend', {
    type: 'email.bounced',
    created_at: '2026-03-01T10:00:00.000Z',
    data,
  });
  await waitUntilComplete(local().inspect, 'resend', event, WAIT_MS);
  const { rows } = await local().pool.query(
    'select status, body from portal.webhook_events where event_id = $1',
    [event],
  );
  expect(rows).toEqual([{ status: 'exhausted', body: expect.stringContaining('Quilla') }]);

  const key = { provider: 'resend', event };
  const widgetContext = { dashboardName: 'd', forms: { all: { event } } };
  const looks = [
    await operate('events show', key),
    await operate('events list', { status: 'exhausted' }),
    await operate('events list', { to: 'quilla.vex@members.example' }),
    await operate('backlog show'),
    await functionNamed(local(), 'OperationsEventsWidget').invoke({
      action: 'show',
      ...key,
      widgetContext,
    }),
    await functionNamed(local(), 'OperationsEventsWidget').invoke({
      action: 'search',
      widgetContext,
    }),
    await functionNamed(local(), 'OperationsEventsWidget').invoke({ widgetContext }),
  ].map((answer) => JSON.stringify(answer));
  for (const text of hidden) for (const answer of looks) expect(answer).not.toContain(text);
  expect(looks[0]).toContain(event);
  expect(looks[4]).toContain(event);
  // An id cannot be used to search the bodies for a text.
  await expect(operate('events list', { asset: 'Quilla' })).resolves.toMatchObject({ events: [] });
  await expect(operate('events list', { asset: 'For Quilla' })).rejects.toThrow('id of a video');

  const read = await operate('events body', { ...key, reason: 'to see what it holds' });
  expect(JSON.stringify(read)).toContain('For Quilla');
  const found = await operate('events search', { text: 'for quilla' });
  expect(found).toMatchObject({ events: [{ event }] });

  expect(await auditedActions(local(), 'events body')).toMatchObject([
    { arguments: key, reason: 'to see what it holds', result: { outcome: 'revealed' } },
  ]);
  expect(await auditedActions(local(), 'events search')).toMatchObject([
    { arguments: { text: 'for quilla' }, result: { outcome: 'revealed' } },
  ]);
});
