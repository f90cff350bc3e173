import { describe, expect, test } from '@jest/globals';
import { useStdout } from '../../support/stdout.ts';
import { createWidget, hostileTexts, openEvent, tagsIn } from './widget-fixture.ts';

const lines = useStdout();

describe('list of open events', () => {
  test('shows each event with its type, age and error, and two buttons', async () => {
    const page = await createWidget({ 'events list': { events: [openEvent] } }).show({});

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
      'confirmation="Replay evt-1 of mux? Effects that were applied are not repeated."',
    );
    expect(page).toContain('{"action":"replay","provider":"mux","event":"evt-1"}');
    expect(page).toContain('{"action":"show","provider":"mux","event":"evt-1"}');
    expect(page).not.toMatch(/<script/i);
  });

  test('reports that no event has failed', async () => {
    await expect(createWidget({ 'events list': { events: [] } }).show({})).resolves.toContain(
      'No failed or exhausted events.',
    );
  });

  test('names the command that lists more events', async () => {
    const page = await createWidget({
      'events list': { events: [openEvent], cursor: '7' },
    }).show({});

    expect(page).toContain('More events exist. List all of them: <code>npm run ops -- events list');
    expect(page).toContain('--status exhausted --stage prod</code>');
  });

  test.each(hostileTexts)('escapes %s in an event', async (text) => {
    const harmless = await createWidget({ 'events list': { events: [openEvent] } }).show({});
    const event = {
      ...openEvent,
      event: text,
      type: text,
      error: text,
      provider: text,
      status: text,
    };

    const page = await createWidget({ 'events list': { events: [event] } }).show({});

    expect(tagsIn(page)).toEqual(tagsIn(harmless));
    expect(page).not.toContain(text);
  });

  test('gives a button the exact event id, whatever characters it has', async () => {
    for (const text of hostileTexts) {
      const event = { ...openEvent, event: text };
      const page = await createWidget({ 'events list': { events: [event] } }).show({});
      const parameters = [...page.matchAll(/<cwdb-action[^>]*>([^<]*)<\/cwdb-action>/g)].map(
        ([, json]) => JSON.parse(json ?? ''),
      );
      expect(parameters).toContainEqual({ action: 'replay', provider: 'mux', event: text });
    }
  });

  test('masks mail addresses and signed URLs', async () => {
    const error =
      'mail to anna@example.org bounced, ' +
      'see https://stream.mux.com/x.m3u8?token=eyJhbGciOi.eyJzdWIi.sig';
    const page = await createWidget({
      'events list': { events: [{ ...openEvent, error }] },
    }).show({});

    expect(page).toContain('***@example.org');
    expect(page).not.toMatch(/anna|eyJ/);
  });
});

test('returns its documentation to CloudWatch', async () => {
  await expect(createWidget({}).call({ describe: true })).resolves.toHaveProperty('markdown');
});

test.each([
  { action: 'drop' },
  { action: 'replay', provider: 'mux', event: 'x' },
  { action: 'show', provider: 'mux' },
])('rejects %j in the function that only reads', async (request) => {
  const { invoked, show } = createWidget({ 'events replay': { replayed: 1 } });

  await expect(show(request)).resolves.toContain('The widget does not support this action.');
  expect(invoked).toEqual([]);
});

test.each([
  { action: 'show', provider: 'mux', event: 'x' },
  { action: 'replay', provider: 'acme' },
])('rejects %j in the function that replays', async (request) => {
  const { invoked, replay } = createWidget({ 'events show': {} });

  await expect(replay(request)).resolves.toContain('The widget does not support this action.');
  expect(invoked).toEqual([]);
});

test('reports a failure of the operations function, with the reason only in the log', async () => {
  const page = await createWidget({ 'events list': new Error('password=abc') }).show({});

  expect(page).toContain('The operations function failed.');
  expect(page).not.toContain('password');
  expect(lines).toMatchObject([{ level: 'ERROR', message: 'Events widget failed' }]);
});
