import { type Provider, providers } from '../lambdas/catalog/providers.ts';
import { makeControlClient, type SendRequest } from '../local/control-server.ts';
import { untilSettled } from '../local/postgres/inspect-event.ts';
import { findRunning, NOT_RUNNING, stateDirectory } from '../local/running-instance.ts';
import { muxEventTypes } from '../local/sandbox/mux-events.ts';
import { bounceTypes, resendEventTypes } from '../local/sandbox/resend-events.ts';
import { UserError } from '../local/user-error.ts';
import { describeAnswers, describeConsequences } from './print-consequences.ts';
import { readArguments, runCommand, wholeNumber } from './run-command.ts';

const eventTypes: Readonly<Record<Provider, readonly string[]>> = {
  mux: muxEventTypes,
  resend: resendEventTypes,
};

const HELP = `npm run send -- <provider> <type> [options]

Posts a signed event to the instance that npm start runs, and shows what it caused.

  mux:
  --asset <id|title>   about this film (one that waits for such an event, else a new one)
  --title <title>      about a new film with this title

  resend:
  --to <address>       about the latest mail to this address (to anybody)
  --bounce <type>      ${bounceTypes.join(', ')} (Permanent)

  both:
  --forged             signed with a key that is not the webhook's
  --times <n>          delivered n times, one after the other (1)
  --help               this text

${providers.map((provider) => `${provider}: ${eventTypes[provider].join(', ')}`).join('\n')}`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments({
    asset: { type: 'string' },
    title: { type: 'string' },
    to: { type: 'string' },
    bounce: { type: 'string' },
    forged: { type: 'boolean', default: false },
    times: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const event = checkEvent(positionals);
  const times = wholeNumber('times', values.times, 1, 100);
  const request = {
    ...event,
    ...checkSubject(event.provider, values),
    times,
    forged: values.forged,
  } as SendRequest;
  const running = await findRunning(stateDirectory);
  if (running === undefined) throw new UserError(NOT_RUNNING);
  if (running.at === undefined)
    throw new UserError('Local mode is still starting: try again in a moment.');

  const client = makeControlClient(running.at.controlUrl);
  const sent = await client.send(request);
  console.log(`${event.type} ${sent.eventId} for '${sent.subject}'`);
  for (const line of describeAnswers(sent.answers)) console.log(line);
  if (sent.answers.every(({ statusCode }) => statusCode !== 200)) return 0;
  for (const line of describeConsequences(
    await untilSettled(client.inspect, event.provider, sent.eventId),
  ))
    console.log(line);
  return 0;
}

function checkEvent([provider = '', type = '', ...others]: readonly string[]) {
  const known = providers.find((candidate) => candidate === provider);
  if (known === undefined)
    throw new UserError(
      `${given('provider', provider)}: expected ${providers.join(' or ')}, for example mux video.asset.ready.`,
    );
  const types = eventTypes[known];
  if (!types.includes(type))
    throw new UserError(`${given(`type of ${known}`, type)}: expected one of ${types.join(', ')}.`);
  if (others.length > 0)
    throw new UserError(
      `One event at a time: '${others.join(' ')}' is too much. A title with spaces needs quotes.`,
    );
  return { provider: known, type };
}

const subjectOptions = {
  mux: ['asset', 'title'],
  resend: ['to', 'bounce'],
} as const satisfies Record<Provider, readonly string[]>;

type SubjectOptions = Readonly<Partial<Record<'asset' | 'title' | 'to' | 'bounce', string>>>;

/** What the event is about; each provider's events are about something else. */
function checkSubject(
  provider: Provider,
  values: { readonly [Name in keyof SubjectOptions]: string | undefined },
) {
  const own: readonly string[] = subjectOptions[provider];
  const foreign = Object.values(subjectOptions)
    .flat()
    .find((name) => values[name] !== undefined && !own.includes(name));
  if (foreign !== undefined)
    throw new UserError(`--${foreign} says nothing about an event of ${provider}.`);
  const { bounce } = values;
  if (bounce !== undefined && !bounceTypes.some((known) => known === bounce))
    throw new UserError(
      `There is no --bounce '${bounce}': expected one of ${bounceTypes.join(', ')}.`,
    );
  return Object.fromEntries(own.map((name) => [name, values[name as keyof SubjectOptions]]));
}

const given = (what: string, value: string) =>
  value === '' ? `No ${what} is given` : `There is no ${what} '${value}'`;

await runCommand(main);
