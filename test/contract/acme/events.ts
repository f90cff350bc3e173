import * as z from 'zod';
import { redactText } from '../../../lambdas/platform/redaction.ts';
import { applies, type EventRule, ignores } from '../../../lambdas/providers/event-rule.ts';
import { PermanentError } from '../../../lambdas/webhooks/failures.ts';

export interface AcmeEvent {
  readonly eventId: string;
  readonly type: string;
  readonly captions: string;
}

export const appliedAcmeTypes: readonly string[] = ['captions.ready', 'captions.failed'];

export const acmeEventRules: readonly EventRule[] = [
  applies('Recorded; the portal has no table for captions', ...appliedAcmeTypes),
  ignores('The portal starts no captions by hand', 'captions.started'),
];

/** `payload` of one event of each applied type. */
export const acmeSamples = {
  'captions.ready': { captions: 'sample-captions', language: 'en' },
  'captions.failed': { captions: 'sample-captions', reason: 'no speech' },
};

const acmeBody = z.object({
  payload: z.object({ captions: z.string().min(1).transform(redactText) }),
});

/**
 * @returns undefined for a type that changes nothing.
 * @throws PermanentError for an applied type whose body cannot be parsed.
 */
export function parseAcmeEvent(eventId: string, type: string, body: string): AcmeEvent | undefined {
  if (!appliedAcmeTypes.includes(type)) return undefined;
  const parsed = acmeBody.safeParse(JSON.parse(body));
  if (!parsed.success)
    throw new PermanentError('unreadable-event', `${type}: ${z.prettifyError(parsed.error)}`);
  return { eventId, type, captions: parsed.data.payload.captions };
}
