import { describe, expect, test } from '@jest/globals';
import { makeEventsWidget } from '../../../lambdas/operations/events-widget.ts';
import { useStdout } from '../../support/stdout.ts';

const lines = useStdout();
const now = () => new Date('2026-03-01T12:00:00Z');
const invocation = {
  invokedFunctionArn: 'arn:aws:lambda:ap-southeast-2:1:function:widget',
  awsRequestId: 'request-1',
};
const widgetContext = { dashboardName: 'Webhooks', accountId: '123456789012', forms: { all: {} } };
const typing = (all: object) => ({ ...widgetContext, forms: { all } });

const open = {
  ...{
    id: '7',
    provider: 'mux',
    event: 'evt-1',
    type: 'video.asset.ready',
    status: 'failed',
    attempts: 2,
  },
  ...{
    redrives: 0,
    replays: 0,
    receivedAt: '2026-03-01T09:30:00Z',
    error: 'contradictory-film: two uploads',
  },
};

interface Asked {
  readonly command: string;
  readonly given: object;
  readonly operator: string;
}

/** The widget, with operations that answer what a test says. */
function aWidget(answers: Readonly<Record<string, unknown>>) {
  const asked: Asked[] = [];
  const operate = async (command: string, given: object, operator: string) => {
    asked.push({ command, given, operator });
    const answer = answers[command];
    if (answer instanceof Error) throw answer;
    const { status } = given as { status?: string };
    if (command === 'events list' && status !== 'failed') return { events: [] };
    return answer as Readonly<Record<string, unknown>> | undefined;
  };
  const widget = makeEventsWidget({ operate, now });
  return {
    asked,
    show: async (event: object) => String(await widget({ widgetContext, ...event }, invocation)),
    widget,
  };
}

const hostile = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `</cwdb-action><cwdb-action action="call" endpoint="arn:evil">{}</cwdb-action>`,
  `<!--`,
  `]]></style><svg/onload=alert(1)>`,
  `&lt;b&gt;`,
];

/** What a browser would make elements of. */
const tagsIn = (page: string) =>
  [...page.matchAll(/<(?!\/)([a-z!][a-z0-9-]*)/gi)].map(([, name]) => name);

describe('the list', () => {
  test('names each open event with its type, age and error, and has two buttons for it', async () => {
    const page = await aWidget({ 'events list': { events: [open] } }).show({});

    for (const text of [
      'mux',
      'video.asset.ready',
      'evt-1',
      'failed, 2 attempts',
      '2 h',
      'contradictory-film',
    ])
      expect(page).toContain(text);
    expect(page).toContain(
      'confirmation="Replay evt-1 of mux? What it has done already is not done again."',
    );
    expect(page).toContain('{"action":"replay","provider":"mux","event":"evt-1"}');
    expect(page).toContain('{"action":"show","provider":"mux","event":"evt-1"}');
    expect(page).not.toMatch(/<script/i);
  });

  test('says when nothing has failed', async () => {
    await expect(aWidget({ 'events list': { events: [] } }).show({})).resolves.toContain(
      'No event has failed.',
    );
  });

  test('says where to look when there are more', async () => {
    const page = await aWidget({ 'events list': { events: [open], cursor: '7' } }).show({});

    expect(page).toContain('There are more.');
  });

  test.each(hostile)('%s in an event is text', async (text) => {
    const harmless = await aWidget({ 'events list': { events: [open] } }).show({});
    const event = { ...open, event: text, type: text, error: text, provider: text, status: text };

    const page = await aWidget({ 'events list': { events: [event] } }).show({});

    expect(tagsIn(page)).toEqual(tagsIn(harmless));
    expect(page).not.toContain(text);
  });

  test('what a button hands over is the event as it is, whatever is in its id', async () => {
    for (const text of hostile) {
      const page = await aWidget({ 'events list': { events: [{ ...open, event: text }] } }).show(
        {},
      );
      const handed = [...page.matchAll(/<cwdb-action[^>]*>([^<]*)<\/cwdb-action>/g)].map(
        ([, json]) => JSON.parse(json ?? ''),
      );
      expect(handed).toContainEqual({ action: 'replay', provider: 'mux', event: text });
    }
  });

  test('no address and no signed URL is shown', async () => {
    const error =
      'mail to anna@example.org bounced, see https://stream.mux.com/x.m3u8?token=eyJhbGciOi.eyJzdWIi.sig';
    const page = await aWidget({ 'events list': { events: [{ ...open, error }] } }).show({});

    expect(page).toContain('***@example.org');
    expect(page).not.toMatch(/anna|eyJ/);
  });
});

describe('a replay', () => {
  test('is done in the name of the dashboard, with the request that leads to the viewer, and why', async () => {
    const { asked, show } = aWidget({ 'events replay': { replayed: 1 } });

    const page = await show({
      ...{ action: 'replay', provider: 'mux', event: 'evt-1' },
      widgetContext: typing({ reason: ' uploads are mended ' }),
    });

    expect(page).toContain('evt-1 is on its way once more.');
    expect(asked).toEqual([
      {
        command: 'events replay',
        given: {
          provider: 'mux',
          event: 'evt-1',
          reason: 'uploads are mended (dashboard, request request-1)',
        },
        operator: 'arn:aws:cloudwatch::123456789012:dashboard/Webhooks',
      },
    ]);
  });

  test('of what is not open any more says so', async () => {
    const page = await aWidget({}).show({ action: 'replay', provider: 'mux', event: '<b>' });

    expect(page).toContain('&lt;b&gt; is not open any more');
  });

  test('is asked for in a window, so that a refresh of the dashboard does not repeat it', async () => {
    const page = await aWidget({ 'events list': { events: [open] } }).show({});

    expect(page.match(/<cwdb-action/g)).toHaveLength(3);
    expect(page.match(/display="popup"/g)).toHaveLength(3);
  });
});

describe('a search', () => {
  const story = {
    ...{
      provider: 'resend',
      event: 'evt-9',
      type: 'email.bounced',
      status: 'processed',
      errorCode: null,
    },
    notifications: [{ kind: 'asset.ready', to: '***@example.org' }],
    body: { data: { to: ['anna@example.org'], url: 'https://a.example/x?signature=abc' } },
  };

  test('looks for the id at every provider and tells what the event did', async () => {
    const { asked, show } = aWidget({ 'events show': story });

    const page = await show({ action: 'search', widgetContext: typing({ event: ' evt-9 ' }) });

    expect(asked.map(({ given }) => given)).toEqual([
      { provider: 'mux', event: 'evt-9' },
      { provider: 'resend', event: 'evt-9' },
    ]);
    expect(page).toContain('email.bounced');
    expect(page).toContain('asset.ready');
    expect(page).not.toMatch(/anna|abc|error code/);
  });

  test('without an id asks for one', async () => {
    const { asked, show } = aWidget({});

    await expect(show({ action: 'search' })).resolves.toContain('Type the id of an event first.');
    expect(asked).toEqual([]);
  });

  test.each(hostile)('%s in a story, or as an id that nobody knows, is text', async (text) => {
    const unknown = await aWidget({}).show({
      action: 'search',
      widgetContext: typing({ event: text }),
    });
    const told = await aWidget({ 'events show': { type: text, [text]: [text] } }).show({
      ...{ action: 'show', provider: 'mux', event: 'x' },
    });

    expect(tagsIn(unknown)).toEqual(['p', 'code']);
    expect(tagsIn(told)).toEqual([
      'style',
      'table',
      'tbody',
      'tr',
      'th',
      'td',
      'tr',
      'th',
      'td',
      'pre',
    ]);
  });
});

test('CloudWatch is told what the widget is for', async () => {
  await expect(aWidget({}).widget({ describe: true }, invocation)).resolves.toHaveProperty(
    'markdown',
  );
});

test.each([
  { action: 'drop' },
  { action: 'replay', provider: 'acme', event: 'x' },
  { action: 'show', provider: 'mux' },
])('%j is refused', async (asked) => {
  const { asked: commands, show } = aWidget({ 'events replay': { replayed: 1 } });

  await expect(show(asked)).resolves.toContain('something that it does not do');
  expect(commands).toEqual([]);
});

test('operations that fail are said to, and no word of why leaves the log', async () => {
  const page = await aWidget({ 'events list': new Error('password=abc') }).show({});

  expect(page).toContain('gave no answer');
  expect(page).not.toContain('password');
  expect(lines).toMatchObject([{ level: 'ERROR', message: 'Widget has no answer' }]);
});
