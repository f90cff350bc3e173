import { describe, expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { registry } from '../../../lambdas/providers/registry.ts';
import { toQueueMessage } from '../../../lambdas/webhooks/envelope.ts';
import { reportDelivery } from '../../../lambdas/webhooks/ingest/report-delivery.ts';
import { loggedPayload } from '../../../lambdas/webhooks/payload-allowlist.ts';
import { toFailedEntry } from '../../../lambdas/webhooks/process/failed-event.ts';
import { parseBatch } from '../../../lambdas/webhooks/process/parse-batch.ts';
import { reportResults } from '../../../lambdas/webhooks/process/report-batch.ts';
import {
  anyPrivateText,
  oneOfEachKind,
  type PrivateDraw,
  recognisedKinds,
  recognisedTexts,
} from '../../support/privacy/private-kinds.ts';
import { everyShape, type Shape, typesOfProvider } from '../../support/privacy/shapes.ts';
import { nameOf, type Position, withText } from '../../support/privacy/string-positions.ts';
import { aRecord } from '../../support/processor.ts';
import { useStdout } from '../../support/stdout.ts';

const stdout = useStdout();
const at = new Date('2026-03-01T10:00:01Z');

/** Positions whose text an applied event keeps as it is, with the reason. */
const keptAsTheyAre: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  mux: {
    id: 'The id of the event, by which it is applied once.',
    'data.id': 'Names the asset or upload that the event is about.',
    'data.upload_id': 'Names the upload of the asset.',
    'data.asset_id': 'Names the asset of the upload.',
  },
  resend: {
    'data.email_id': 'Names the mail that the event is about.',
    'data.email': "The address that was added to Resend's list, or removed.",
  },
};

const shapes = everyShape();
const surroundings = fc.constantFrom('', ' ', ' said ', ': ', '("', '")', '\n', ', ');

/** One text of a known body, and the private text that replaces it. */
interface DrawnBody {
  readonly shape: Shape;
  readonly type: string;
  readonly position: Position;
  readonly draw: PrivateDraw;
  readonly before: string;
  readonly after: string;
}

const drawnBody = (texts: fc.Arbitrary<PrivateDraw>): fc.Arbitrary<DrawnBody> =>
  fc.constantFrom(...shapes).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      type: fc.oneof(fc.constant(shape.type), fc.constantFrom(...typesOfProvider(shape.provider))),
      position: fc.constantFrom(...shape.positions),
      draw: texts,
      before: surroundings,
      after: surroundings,
    }),
  );

const documentOf = ({ shape, type, position, draw, before, after }: DrawnBody) => ({
  ...withText(shape.document, position, `${before}${draw.text}${after}`),
  type,
});

function recordOf(shape: Shape, type: string, document: object, eventId = 'evt-1'): SQSRecord {
  const { provider } = shape;
  const { body, attributes } = toQueueMessage({
    provider,
    eventId,
    eventType: type,
    receivedAt: at.toISOString(),
    trace: 'trace-1',
    body: JSON.stringify(document),
  });
  return aRecord(body, attributes);
}

const depsOf = ({ provider }: Shape) => ({
  provider,
  parse: registry[provider].events.parse,
  payloadAllowlist: registry[provider].payloadAllowlist,
  replayFields: registry[provider].replayFields,
});

/** Positions of ids. An id may have any form, so a bare token there is taken for an id. */
const ids: Readonly<Record<string, readonly string[]>> = {
  mux: [
    'data.id',
    'data.upload_id',
    'data.asset_id',
    'data.passthrough',
    'data.new_asset_settings.passthrough',
  ],
  resend: ['data.email_id', 'data.tags.notification_id'],
};

/**
 * Positions of free texts that an applied event keeps: people read them, or a replay decides by
 * them. A private text is hidden there only if its form, or a name beside it, gives it away.
 */
const freeTexts: Readonly<Record<string, readonly string[]>> = {
  mux: [
    'id',
    'data.status',
    'data.ingest_type',
    'data.source_asset_id',
    'data.live_stream_id',
    'data.playback_ids.id',
    'data.errors.type',
    'data.errors.messages',
    'data.error.type',
    'data.error.message',
  ],
  resend: [
    'data.tags.value',
    'data.bounce.type',
    'data.bounce.subType',
    'data.bounce.message',
    'data.failed.reason',
    'data.suppressed.type',
    'data.suppressed.reason',
    'data.suppressed.message',
  ],
};

const isIn = (lists: typeof ids, { shape, position }: DrawnBody): boolean =>
  lists[shape.provider]?.includes(nameOf(position)) === true;

const isRecognised = ({ draw }: DrawnBody): boolean =>
  recognisedKinds.includes(draw.kind as (typeof recognisedKinds)[number]);

const isKept = ({ shape, position }: DrawnBody) =>
  Object.hasOwn(keptAsTheyAre[shape.provider] ?? {}, nameOf(position));

const numRuns = 1_500;

describe('a private text at any position of any known body', () => {
  test('is in no payload that is logged, even before redaction', () => {
    fc.assert(
      fc.property(drawnBody(anyPrivateText), (drawn) => {
        fc.pre(isRecognised(drawn) || !isIn(ids, drawn));
        const { payloadAllowlist } = registry[drawn.shape.provider];
        const logged = JSON.stringify(loggedPayload(documentOf(drawn), payloadAllowlist)) ?? '';

        expect(logged).not.toContain(drawn.draw.hidden);
      }),
      { numRuns },
    );
  });

  test('is in no stored body of an event that was applied or ignored, and in no log line', () => {
    let stored = 0;
    fc.assert(
      fc.property(drawnBody(anyPrivateText), (drawn) => {
        const { shape, type, draw } = drawn;
        fc.pre(isRecognised(drawn) || !(isIn(ids, drawn) || isIn(freeTexts, drawn)));
        const record = recordOf(shape, type, documentOf(drawn));
        const { parsed, invalid } = parseBatch([record], depsOf(shape));
        for (const { incoming } of parsed) {
          stored += 1;
          if (nameOf(drawn.position) !== 'data.email' || incoming.event === undefined)
            expect(incoming.body).not.toContain(draw.hidden);
          if (!isKept(drawn))
            expect(JSON.stringify(incoming.event) ?? '').not.toContain(draw.hidden);
        }
        stdout.length = 0;
        reportResults({ ...depsOf(shape), startedAt: at, now: at }, [
          ...parsed.map(({ envelope }) => ({
            record,
            envelope,
            kind: 'completed' as const,
            outcome: 'processed' as const,
          })),
          ...invalid.map((message) => ({ ...message, kind: 'exhausted' as const })),
        ]);
        expect(stdout.length).toBeGreaterThan(0);
        expect(JSON.stringify(stdout)).not.toContain(draw.hidden);
        for (const { envelope, failure } of invalid)
          if (envelope !== undefined) {
            const { body: _, ...entry } = toFailedEntry(envelope, failure);
            expect(JSON.stringify(entry)).not.toContain(draw.hidden);
          }
      }),
      { numRuns },
    );
    expect(stored).toBeGreaterThan(numRuns / 4);
  });

  test('an applied event that was stored has the same effects when it is replayed', () => {
    let applied = 0;
    fc.assert(
      fc.property(drawnBody(recognisedTexts), (drawn) => {
        const { shape, type } = drawn;
        fc.pre(!isKept(drawn));
        const [message] = parseBatch(
          [recordOf(shape, type, documentOf(drawn))],
          depsOf(shape),
        ).parsed;
        if (message?.incoming.event === undefined) return;
        applied += 1;
        const { parse } = registry[shape.provider].events;
        expect(parse('evt-1', type, message.incoming.body)).toEqual(message.incoming.event);
      }),
      { numRuns },
    );
    expect(applied).toBeGreaterThan(100);
  });
});

test.each(shapes)('a replay of $type of $provider reads all of the stored body', (shape) => {
  const { parse } = registry[shape.provider].events;
  const [message] = parseBatch([recordOf(shape, shape.type, shape.document)], depsOf(shape)).parsed;
  const { event, body } = message?.incoming ?? {};

  expect(event === undefined ? undefined : parse('evt-1', shape.type, body ?? '')).toEqual(event);
});

test('an id and a type with a private text are in no log line and in no ledger type', () => {
  for (const shape of shapes)
    for (const { hidden, text } of oneOfEachKind()) {
      const line = text.replaceAll('\n', ' ');
      stdout.length = 0;
      const record = recordOf(shape, line, { ...shape.document, type: line }, line);
      const { parsed } = parseBatch([record], depsOf(shape));
      reportResults(
        { ...depsOf(shape), startedAt: at, now: at },
        parsed.map(({ envelope }) => ({
          record,
          envelope,
          kind: 'completed' as const,
          outcome: 'ignored' as const,
        })),
      );
      const delivery = { body: '{}', headers: {}, receivedAt: at, trace: 'trace-1' };
      const outcome = { code: 'accepted', eventId: line, eventType: line } as const;
      reportDelivery(shape.provider, delivery, outcome, 1);

      expect(stdout.length).toBeGreaterThan(2);
      expect(JSON.stringify(stdout)).not.toContain(hidden);
      expect(parsed.map(({ incoming }) => incoming.type).join()).not.toContain(hidden);
    }
});
