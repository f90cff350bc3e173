import { describe, expect, test } from '@jest/globals';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { contextWith, createWidget, hostileTexts, openEvent, tagsIn } from './widget-fixture.ts';

describe('replay', () => {
  test('records the dashboard as operator, the request id and the reason', async () => {
    const { invoked, show } = createWidget({ 'events replay': { replayed: 1 } });

    const page = await show({
      action: 'replay',
      provider: 'mux',
      event: 'evt-1',
      widgetContext: contextWith({ reason: ' uploads are fixed ' }),
    });

    expect(page).toContain('evt-1 was sent to its queue again.');
    expect(invoked).toEqual([
      {
        command: 'events replay',
        given: {
          provider: 'mux',
          event: 'evt-1',
          reason: 'uploads are fixed (dashboard, request request-1)',
        },
        operator: 'arn:aws:cloudwatch::123456789012:dashboard/Webhooks',
      },
    ]);
  });

  test('reports an event that is no longer open', async () => {
    const page = await createWidget({}).show({ action: 'replay', provider: 'mux', event: '<b>' });

    expect(page).toContain('&lt;b&gt; is no longer failed or exhausted');
  });

  test('opens in a popup, so that a refresh of the dashboard does not repeat it', async () => {
    const page = await createWidget({ 'events list': { events: [openEvent] } }).show({});

    expect(page.match(/<cwdb-action/g)).toHaveLength(3);
    expect(page.match(/display="popup"/g)).toHaveLength(3);
  });
});

describe('search', () => {
  const details = {
    provider: 'resend',
    event: 'evt-9',
    type: 'email.bounced',
    status: 'processed',
    errorCode: null,
    notifications: [{ kind: 'asset.ready', to: '***@example.org' }],
    body: { data: { to: ['anna@example.org'], url: 'https://a.example/x?signature=abc' } },
  };

  test('searches the id at every provider and shows the details of the event', async () => {
    const { invoked, show } = createWidget({ 'events show': details });

    const page = await show({ action: 'search', widgetContext: contextWith({ event: ' evt-9 ' }) });

    expect(invoked.map(({ given }) => given)).toEqual(
      providers.map((provider) => ({ provider, event: 'evt-9' })),
    );
    expect(page).toContain('email.bounced');
    expect(page).toContain('asset.ready');
    expect(page).not.toMatch(/anna|abc|error code/);
  });

  test('asks for an id if none is entered', async () => {
    const { invoked, show } = createWidget({});

    await expect(show({ action: 'search' })).resolves.toContain('Enter an event id first.');
    expect(invoked).toEqual([]);
  });

  test.each(hostileTexts)('escapes %s in the details and in an unknown id', async (text) => {
    const unknown = await createWidget({}).show({
      action: 'search',
      widgetContext: contextWith({ event: text }),
    });
    const found = await createWidget({ 'events show': { type: text, [text]: [text] } }).show({
      action: 'show',
      provider: 'mux',
      event: 'x',
    });

    expect(tagsIn(unknown)).toEqual(['p', 'code']);
    expect(tagsIn(found)).toEqual([
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
