import { expect, test } from '@jest/globals';
import { addAsset } from '../../../local/postgres/sample-portal.ts';
import type { MuxAsset } from '../../../local/sandbox/mux-events.ts';
import { eventually } from '../../support/eventually.ts';
import { useLocal, waitForEmptyQueues } from '../../support/local.ts';
import { operateOn } from '../../support/operator-commands.ts';
import { postSigned, type SigningProvider } from '../../support/webhooks/post-signed.ts';

const local = useLocal({ timeScale: 1 / 120 });

const LEVELS = 10_000;
const deepList = `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`;
const deepObject = `${'{"data":'.repeat(LEVELS)}{}${'}'.repeat(LEVELS)}`;

interface Hostile {
  readonly provider: SigningProvider;
  readonly type: string;
  /** JSON of the event after its type and time. */
  readonly fields: string;
  readonly status: string;
}

const muxData = ({ assetId, uploadId, passthrough }: MuxAsset, field: string) =>
  `"data": {"id": "${assetId}", "upload_id": "${uploadId}", "passthrough": "${passthrough}", ` +
  `"status": "ready", "playback_ids": [{"id": "p", "policy": "signed"}], ${field}}`;

function hostileEvents(asset: MuxAsset): readonly Hostile[] {
  const applied = { provider: 'mux', type: 'video.asset.ready', status: 'processed' } as const;
  const ignored = { provider: 'mux', type: 'video.live_stream.idle', status: 'ignored' } as const;
  const resend = { provider: 'resend', type: 'contact.created', status: 'ignored' } as const;
  return [deepList, deepObject].flatMap((deep) => [
    { ...applied, fields: muxData(asset, `"aspect_ratio": ${deep}`) },
    { ...applied, fields: muxData(asset, `"errors": {"type": ${deep}}`) },
    { ...applied, fields: `"environment": {"name": ${deep}}, ${muxData(asset, '"x": 1')}` },
    { ...ignored, fields: `"data": ${deep}` },
    { ...ignored, fields: `"data": {"id": ${deep}, "status": ${deep}, "url": ${deep}}` },
    { ...ignored, fields: `"environment": ${deep}, "data": {"playback_ids": ${deep}}` },
    { ...resend, fields: `"data": {"to": ${deep}, "tags": {"kind": ${deep}}}` },
    { ...resend, fields: `"data": ${deep}` },
  ]);
}

test('events that nest 10,000 levels are accepted, and logging them fails none', async () => {
  const asset = await addAsset(local().pool, { status: 'processing' });
  const events = hostileEvents(asset).map((event, index) => ({
    ...event,
    eventId: `deep-${index}`,
  }));

  const answers = await Promise.all(
    events.map(({ provider, type, eventId, fields }) => {
      const created = new Date().toISOString();
      const head = `"type": "${type}", "id": "${eventId}", "created_at": "${created}"`;
      return postSigned(local(), provider, { eventId, body: `{${head}, ${fields}}` });
    }),
  );
  expect(answers).toEqual(events.map(() => 200));

  const statuses = async () =>
    Object.fromEntries(
      (
        await local().pool.query<{ event_id: string; status: string }>(
          `select event_id, status from portal.webhook_events where event_id like 'deep-%'`,
        )
      ).rows.map(({ event_id, status }) => [event_id, status]),
    );
  const wanted = Object.fromEntries(events.map(({ eventId, status }) => [eventId, status]));
  expect(
    await eventually(statuses, (found) => Object.keys(found).length === events.length),
  ).toEqual(wanted);
  expect(await waitForEmptyQueues(local())).toEqual([]);
});

test('operators can read, search and replay such an event', async () => {
  const operate = (command: string, given: object) => operateOn(local(), command, given);
  const event = { provider: 'mux', event: 'deep-0' };
  const reason = 'deeply nested JSON';

  await expect(operate('events show', event)).resolves.toMatchObject({ status: 'processed' });
  await expect(operate('events body', { ...event, reason })).resolves.toMatchObject({
    type: 'video.asset.ready',
    body: { data: { status: 'ready' } },
  });
  await expect(operate('events search', { text: 'deep-0', reason })).resolves.toMatchObject({
    events: expect.arrayContaining([expect.objectContaining({ event: 'deep-0' })]),
  });
  await operate('events replay', { ...event, status: ['processed'], reason });
  const replays = async () => (await operate('events replays', { event: 'deep-0' }))['replays'];
  expect(
    await eventually(replays, (found) => JSON.stringify(found).includes('"processed"')),
  ).toMatchObject([{ status: 'processed' }]);
});
