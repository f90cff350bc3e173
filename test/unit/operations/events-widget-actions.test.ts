import { describe, expect, test } from '@jest/globals';
import { providers } from '../../../lambdas/catalog/providers.ts';
import {
  contextWith,
  createWidget,
  eventReport,
  hostileTexts,
  openEvent,
  tagsIn,
} from './widget-fixture.ts';

describe('replay', () => {
  test('records the dashboard, the id of the invocation and the reason', async () => {
    const { invoked, replay } = createWidget({ 'events replay': { replayed: 1 } });

    const page = await replay({
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
          reason: 'uploads are fixed (dashboard Webhooks, invocation request-1)',
        },
      },
    ]);
  });

  test('reports an event that is no longer open', async () => {
    const page = await createWidget({}).replay({ action: 'replay', provider: 'mux', event: '<b>' });

    expect(page).toContain('&lt;b&gt; is no longer failed or exhausted');
  });

  test('opens in a popup, so that a refresh of the dashboard does not repeat it', async () => {
    const page = await createWidget({ 'events list': { events: [openEvent] } }).show({});

    expect(page.match(/<cwdb-action/g)).toHaveLength(3);
    expect(page.match(/endpoint="[^"]*:function:replay"/g)).toHaveLength(1);
    expect(page.match(/endpoint="[^"]*:function:widget"/g)).toHaveLength(2);
    expect(page.match(/display="popup"/g)).toHaveLength(3);
  });
});

describe('search', () => {
  const details = {
    ...eventReport,
    notifications: [
      {
        id: 'n1',
        kind: 'asset.ready',
        mail: 'failed',
        to: 'anna@example.org',
        attempts: 1,
        createdAt: eventReport.receivedAt,
        sentAt: null,
        error: 'rejected https://a.example/x?signature=abc',
        delivery: null,
        deliveryAt: null,
        deliveryReason: null,
      },
    ],
  };

  test('searches the id at every provider and shows the details of the event', async () => {
    const { invoked, show } = createWidget({ 'events show': details });

    const page = await show({ action: 'search', widgetContext: contextWith({ event: ' evt-9 ' }) });

    expect(invoked.map(({ given }) => given)).toEqual(
      providers.map((provider) => ({ provider, event: 'evt-9' })),
    );
    expect(page).toContain('email.bounced');
    expect(page).toContain('asset.ready');
    expect(page).toContain('resend delivered email.bounced');
    expect(page).not.toMatch(/anna|abc|<script/);
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
    const show = { action: 'show', provider: 'mux', event: 'x' };
    const history = [{ kind: 'failed-attempt', at: eventReport.receivedAt, code: text }];
    const hostile = { ...eventReport, type: text, event: text, status: text, history };
    const harmless = { ...hostile, type: 't', event: 'e', status: 's', history };
    const found = await createWidget({ 'events show': hostile }).show(show);

    expect(tagsIn(unknown)).toEqual(['p', 'code']);
    expect(tagsIn(found)).toEqual(
      tagsIn(await createWidget({ 'events show': harmless }).show(show)),
    );
    expect(found).not.toContain(text);
  });
});
