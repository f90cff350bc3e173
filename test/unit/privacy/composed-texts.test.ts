import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mailSamples, sampleTexts } from '../../../cli/mails/mail-samples.ts';
import {
  type DomainEventType,
  domainEvents,
  personalEventFields,
} from '../../../lambdas/catalog/domain-events.ts';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { shownParams } from '../../../lambdas/notifications/templates/shown-params.ts';
import { outboxEntry } from '../../../lambdas/outbox/outbox-entry.ts';
import type { UnappliedEvent } from '../../../lambdas/webhooks/failed-events.queries.ts';
import { composeEscalation } from '../../../lambdas/webhooks/retry/escalation.ts';
import { recognisedTexts } from '../../support/privacy/private-kinds.ts';
import {
  nameOf,
  type Position,
  stringPositions,
  withText,
} from '../../support/privacy/string-positions.ts';

/** Params whose purpose the mail is, and the evidence that the recipient compares. */
const isShown = (position: Position) =>
  position.some((key) => Object.hasOwn(shownParams, key)) || nameOf(position) === 'attachments';

const params = Object.entries(mailSamples).flatMap(([kind, sample]) => {
  const document = sample(sampleTexts['usual'] as NonNullable<(typeof sampleTexts)[string]>);
  return stringPositions(document)
    .filter((position) => !isShown(position))
    .map((position) => ({ kind, document, position }));
});

test('the list of what mails show is closed, and each entry is a param of a mail', () => {
  const names = Object.values(mailSamples).flatMap((sample) =>
    stringPositions(sample(sampleTexts['usual'] as never)).flatMap((position) =>
      position.map(String),
    ),
  );

  expect(Object.keys(shownParams).sort()).toEqual([
    'address',
    'attachments',
    'email',
    'invitedBy',
    'label',
    'name',
    'ownerName',
    'title',
  ]);
  expect(Object.keys(shownParams).filter((name) => !names.includes(name))).toEqual([]);
});

test('no mail repeats a private text of another param', async () => {
  let rendered = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...params), recognisedTexts, async (param, draw) => {
      const { kind, document, position } = param;
      const rendering = await renderMail(
        kind,
        withText(document, position, `said ${draw.text} so`),
        'https://portal.example',
      );
      // A param that must be an id or a time admits no private text.
      if (rendering.outcome !== 'rendered') {
        expect(rendering.fault).not.toContain(draw.hidden);
        return;
      }
      rendered += 1;
      const { subject, html, text } = rendering.mail;
      expect([subject, html, text].join('\n')).not.toContain(draw.hidden);
    }),
    { numRuns: 200 },
  );
  expect(rendered).toBeGreaterThan(30);
});

test('a domain event repeats private texts only in the fields of the closed list', () => {
  expect(Object.keys(personalEventFields).sort()).toEqual([
    'address',
    'email',
    'label',
    'message',
    'title',
  ]);
  const types = Object.keys(domainEvents) as DomainEventType[];
  fc.assert(
    fc.property(fc.constantFrom(...types), recognisedTexts, (type, draw) => {
      const names = Object.keys(domainEvents[type].shape).filter(
        (name) => !Object.hasOwn(personalEventFields, name),
      );
      const fields = Object.fromEntries(names.map((name) => [name, draw.text]));
      const { detail } = outboxEntry(
        { source: 'mux', eventId: 'evt-1', occurredAt: new Date('2026-03-01T10:00:00Z') },
        type,
        { ...fields, links: [{ label: 'Mine', other: draw.text }] } as never,
        new Date('2026-03-01T10:00:00Z'),
      );

      expect(names.length).toBeGreaterThan(2);
      expect(JSON.stringify(detail)).not.toContain(draw.hidden);
    }),
    { numRuns: 500 },
  );
});

test('an escalation repeats no private text of an exhausted event', () => {
  fc.assert(
    fc.property(recognisedTexts, (draw) => {
      const event = {
        source: 'mux',
        eventId: draw.text,
        type: draw.text,
        receivedAt: new Date('2026-03-01T09:00:00Z'),
        attempts: 3,
        redrives: 5,
        errorCode: '22P02',
        errorMessage: `invalid input: ${draw.text}`,
      } as unknown as UnappliedEvent;
      const options = { stage: 'prod', recipient: 'partner@partner.example' };
      const { outbox } = composeEscalation([event], options, new Date('2026-03-01T10:00:00Z'));

      expect(outbox).toHaveLength(3);
      expect(JSON.stringify(outbox)).not.toContain(draw.hidden);
    }),
  );
});
