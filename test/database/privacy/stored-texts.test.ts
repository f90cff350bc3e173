import { beforeAll, expect, test } from '@jest/globals';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { makeHandleOperatorCommand } from '../../../lambdas/operations/handle-operator-command.ts';
import { chunksOf } from '../../../lambdas/platform/chunks.ts';
import { operatorEvent } from '../../../local/console/operator-event.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { addPeople, type DrawnEvent, drawEvents } from '../../support/privacy/drawn-events.ts';
import { nameOf } from '../../support/privacy/string-positions.ts';
import { aMuxProcessor, aResendProcessor } from '../../support/processor.ts';

const database = useDatabase();
const logged: string[] = [];
const bus: string[] = [];
let events: readonly DrawnEvent[] = [];

/** Bodies of events that were not applied. A retry needs all that the provider sent. */
const wholeTexts = `
  select event_id, body from portal.webhook_events where status in ('failed', 'exhausted')`;

async function processAll(): Promise<void> {
  const processors = { mux: aMuxProcessor(database.pool), resend: aResendProcessor(database.pool) };
  for (const [provider, processor] of Object.entries(processors)) {
    const own = events.filter(({ shape }) => shape.provider === provider);
    for (const chunk of chunksOf(own, 25)) await processor.process(chunk.map((one) => one.record));
    bus.push(JSON.stringify(processor.published));
  }
}

beforeAll(async () => {
  const write = process.stdout.write;
  process.stdout.write = (chunk: string | Uint8Array) => logged.push(String(chunk)) > 0;
  try {
    await addPeople(database.pool);
    events = await drawEvents(database.pool);
    await processAll();
  } finally {
    process.stdout.write = write;
  }
});

/** Names every event whose private text the texts contain. */
const leaksIn = (place: string, texts: readonly string[]) => {
  const whole = texts.join('\n');
  return events
    .filter(({ draw }) => whole.includes(JSON.stringify(draw.hidden).slice(1, -1)))
    .map(({ shape, position, draw }) => ({
      place,
      position: `${shape.type} ${nameOf(position)}`,
      kind: draw.kind,
      hidden: draw.hidden,
    }));
};

const textsOf = async (statement: string) =>
  (await database.pool.query(statement)).rows.map((row) => JSON.stringify(row));

test('the events had effects of every kind', async () => {
  const counts = await textsOf(
    `select status, count(*)::int as count from portal.webhook_events group by status order by 1`,
  );
  const { rows } = await database.pool.query(
    `select (select count(*)::int from portal.asset_events) as changes,
            (select count(*)::int from portal.notifications where kind <> 'asset.ready') as mails,
            (select count(*)::int from portal.email_incidents where reason is not null) as reasons,
            (select count(*)::int from portal.assets where failure_reason is not null) as failures,
            (select count(*)::int from portal.outbox) as published`,
  );

  expect(counts.join()).toMatch(/exhausted.*ignored.*processed/);
  for (const count of Object.values(rows[0])) expect(count).toBeGreaterThan(4);
  expect(events.length).toBeGreaterThan(300);
});

test('no log line and no domain event contains a private text', () => {
  expect(logged.length).toBeGreaterThan(events.length);
  expect(leaksIn('log', logged)).toEqual([]);
  expect(leaksIn('bus', bus)).toEqual([]);
});

test('no table contains a private text, except bodies that wait for a retry', async () => {
  const { rows: tables } = await database.pool.query(
    `select table_name as name from information_schema.tables where table_schema = 'portal'`,
  );
  const leaks = [];
  for (const { name } of tables) {
    const statement =
      name === 'webhook_events'
        ? `select to_jsonb(event) - case when status in ('failed', 'exhausted') then 'body'
                                         else '' end as row from portal.webhook_events as event`
        : `select to_jsonb(row) as row from portal.${name} as row`;
    leaks.push(...leaksIn(name, await textsOf(statement)));
  }

  expect(tables.length).toBeGreaterThan(20);
  expect(leaks).toEqual([]);
});

test('a body that waits for a retry is whole', async () => {
  const bodies = await textsOf(wholeTexts);

  expect(bodies.length).toBeGreaterThan(5);
  expect(leaksIn('body', bodies).length).toBeGreaterThan(0);
});

test('no mail that is waiting to be sent contains a private text', async () => {
  const { rows } = await database.pool.query(
    `select kind, params from portal.notifications where mail_status = 'pending'`,
  );
  const mails = [];
  for (const { kind, params } of rows) {
    const rendering = await renderMail(kind, params, 'https://portal.example');
    mails.push(JSON.stringify(rendering));
  }

  expect(mails.length).toBeGreaterThan(10);
  expect(leaksIn('mail', mails)).toEqual([]);
});

test('no answer of a command that looks contains a private text', async () => {
  const handle = makeHandleOperatorCommand({
    pool: async () => database.pool,
    servedApi: { apiId: 'local', accountId: '000000000000', dashboardRole: 'ReplayWidgetRole' },
    stage: 'test',
    now: () => new Date(),
  } as never);
  const answers: string[] = [];
  const run = async (command: string, given: object) => {
    const { statusCode, body } = await handle(operatorEvent(command as never, given) as never);
    expect({ command, statusCode, body }).toMatchObject({ statusCode: 200 });
    answers.push(String(body));
  };
  await run('events list', { limit: 500 });
  await run('events list', { limit: 500, status: 'exhausted' });
  await run('mails list', { limit: 500, status: 'all' });
  await run('uploads list', { limit: 500 });
  await run('outbox list', { limit: 500, status: 'waiting' });
  await run('suppressions list', { limit: 500 });
  for (const { shape, eventId } of events.filter((_, index) => index % 7 === 0))
    await run('events show', { provider: shape.provider, event: eventId });
  const { rows } = await database.pool.query(
    'select id from portal.assets where failure_reason is not null limit 20',
  );
  for (const { id } of rows) await run('assets show', { asset: id });

  expect(answers.length).toBeGreaterThan(60);
  expect(leaksIn('answer', answers)).toEqual([]);
});
