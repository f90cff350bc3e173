import { MAX_RECEIVES, MAX_REDRIVES } from '../../lambdas/catalog/retry-limits.ts';
import type { SendRequest } from '../../local/sandbox/event-sender.ts';

/** Says what will happen, before the event is posted. */
export function explainRequest(request: Omit<SendRequest, 'subject'>): readonly string[] {
  const { fails, broken, late, times, forged, body } = request;
  return [
    ...(body === undefined ? [] : ['The body is signed and posted as it is.']),
    ...(forged
      ? ['The signature is wrong: the delivery is answered 400 and nothing is recorded.']
      : []),
    ...(late
      ? ['First a newer event of this type is processed. The late one changes nothing.']
      : []),
    ...(times > 1
      ? [`The event is delivered ${times} times. Each is answered 200; the effects occur once.`]
      : []),
    ...(fails === undefined ? [] : explainFails(fails)),
    ...(broken ? EXPLAIN_BROKEN : []),
  ];
}

const ATTEMPTS_IN_ALL = MAX_RECEIVES * (1 + MAX_REDRIVES);

const explainFails = (fails: number): readonly string[] => [
  `The first ${fails === 1 ? 'attempt fails' : `${fails} attempts fail`}, and the next succeeds.`,
  `SQS delivers it ${MAX_RECEIVES} times: at once, after 15 to 30 s, and after 1 to 2 minutes.`,
  `Then it is a dead letter; retry-failed-webhooks redrives it up to ${MAX_REDRIVES} times.`,
  ...(fails >= ATTEMPTS_IN_ALL
    ? [`After ${ATTEMPTS_IN_ALL} failed attempts the event is exhausted, and then escalated.`]
    : []),
];

const EXPLAIN_BROKEN: readonly string[] = [
  'Postgres rejects the data of the event at every attempt, so the event is exhausted at once.',
  'The next run of the job retry-failed-webhooks escalates it.',
];

export const replayCommand = (provider: string, eventId: string) =>
  `npm run ops -- events replay --provider ${provider} --event ${eventId} --reason 'repaired'`;

/** Lists the commands that show the event, and those that are due next. */
export function nextCommands(
  { provider, fails, broken }: Pick<SendRequest, 'provider' | 'fails' | 'broken'>,
  eventId: string,
): readonly string[] {
  const show = `npm run ops -- events show ${provider} ${eventId}`;
  if (fails === undefined && !broken) return [`See it:      ${show}`];
  return [
    `See it:      ${show}`,
    'Next step:   npm run ops -- jobs run retry-failed-webhooks',
    'Repair:      npm run send -- repair',
    ...(broken ? [`Replay:      ${replayCommand(provider, eventId)}`] : []),
  ];
}
