import { type Provider, providers } from '../lambdas/catalog/providers.ts';
import { makeControlClient, type SendRequest } from '../local/control-server.ts';
import { waitUntilComplete } from '../local/postgres/inspect-event.ts';
import { findRunning, NOT_RUNNING, stateDirectory } from '../local/running-instance.ts';
import { muxEventTypes } from '../local/sandbox/mux-events.ts';
import { bounceTypes, resendEventTypes } from '../local/sandbox/resend-events.ts';
import { UserError } from '../local/user-error.ts';
import { describeConsequences, describeResponses } from './print-consequences.ts';
import { readArguments, runCommand, wholeNumber } from './run-command.ts';

const eventTypes: Readonly<Record<Provider, readonly string[]>> = {
  mux: muxEventTypes,
  resend: resendEventTypes,
};

const HELP = `npm run send -- <provider> <type> [options]

Posts a signed event to the instance of npm start, and prints the effects of the event.

  mux:
  --asset <id|title>   select an existing video (default: one in a fitting status, else a new one)
  --title <title>      create a new video with this title
  resend:
  --to <address>       select the latest mail to this address (default: to any address)
  --bounce <type>      ${bounceTypes.join(', ')} (default: Permanent)
  both:
  --forged             sign with a wrong key
  --times <n>          deliver n times in sequence (default: 1)
  --help               print this text

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
  const { provider, type } = readEvent(positionals);
  const times = wholeNumber('times', values.times, 1, 100);
  const subject = readSubject(provider, values);
  await send({ provider, type, ...subject, times, forged: values.forged } as SendRequest);
  return 0;
}

async function send(request: SendRequest): Promise<void> {
  const running = await findRunning(stateDirectory);
  if (running === undefined) throw new UserError(NOT_RUNNING);
  if (running.at === undefined)
    throw new UserError('Local mode is still starting. Try again in a moment.');
  const client = makeControlClient(running.at.controlUrl);
  const { eventId, subject, responses } = await client.send(request);
  console.log(`${request.type} ${eventId} for '${subject}'`);
  for (const line of describeResponses(responses)) console.log(line);
  if (responses.every(({ statusCode }) => statusCode !== 200)) return;
  const consequences = await waitUntilComplete(client.inspect, request.provider, eventId);
  for (const line of describeConsequences(consequences)) console.log(line);
}

function readEvent([providerName = '', type = '', ...others]: readonly string[]) {
  const provider = providers.find((candidate) => candidate === providerName);
  if (provider === undefined)
    throw new UserError(
      `${missingOrUnknown('provider', providerName)}: ` +
        `expected ${providers.join(' or ')}, for example mux video.asset.ready.`,
    );
  const types = eventTypes[provider];
  if (!types.includes(type))
    throw new UserError(
      `${missingOrUnknown(`type of ${provider}`, type)}: expected one of ${types.join(', ')}.`,
    );
  if (others.length > 0)
    throw new UserError(
      `Unexpected argument '${others.join(' ')}'. Put a title with spaces in quotes.`,
    );
  return { provider, type };
}

const subjectOptions = {
  mux: ['asset', 'title'],
  resend: ['to', 'bounce'],
} as const satisfies Record<Provider, readonly string[]>;

type SubjectOptions = Readonly<Partial<Record<'asset' | 'title' | 'to' | 'bounce', string>>>;

/** Reads the options that select the subject of the event. Each provider has other ones. */
function readSubject(
  provider: Provider,
  values: { readonly [Name in keyof SubjectOptions]: string | undefined },
) {
  const allowed: readonly string[] = subjectOptions[provider];
  const notAllowed = Object.values(subjectOptions)
    .flat()
    .find((name) => values[name] !== undefined && !allowed.includes(name));
  if (notAllowed !== undefined)
    throw new UserError(`--${notAllowed} is not an option for events of ${provider}.`);
  const { bounce } = values;
  if (bounce !== undefined && !bounceTypes.some((known) => known === bounce))
    throw new UserError(`Unknown --bounce '${bounce}': expected one of ${bounceTypes.join(', ')}.`);
  return Object.fromEntries(allowed.map((name) => [name, values[name as keyof SubjectOptions]]));
}

const missingOrUnknown = (description: string, value: string) =>
  value === '' ? `Missing ${description}` : `Unknown ${description} '${value}'`;

await runCommand(main);
