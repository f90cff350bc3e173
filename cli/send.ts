import { providers } from '../lambdas/catalog/providers.ts';
import { makeControlClient } from '../local/control-server.ts';
import { waitUntilComplete } from '../local/postgres/inspect-event.ts';
import { findRunning, NOT_RUNNING, stateDirectory } from '../local/running-instance.ts';
import type { EventSender, SendRequest } from '../local/sandbox/event-sender.ts';
import { senderOf } from '../local/sandbox/event-senders.ts';
import { UserError } from '../local/user-error.ts';
import { describeConsequences, describeResponses } from './print-consequences.ts';
import { readArguments, runCommand, wholeNumber } from './run-command.ts';

const senders = providers.map((provider) => ({ provider, sender: senderOf(provider) }));

const optionHelp = ({ subjectOptions }: EventSender) =>
  Object.entries(subjectOptions).map(([name, { placeholder, help }]) =>
    `  --${name} ${placeholder}`.padEnd(23).concat(help),
  );

const HELP = `npm run send -- <provider> <type> [options]

Posts a signed event to the instance of npm start, and prints the effects of the event.

${senders
  .filter(({ sender }) => Object.keys(sender.subjectOptions).length > 0)
  .flatMap(({ provider, sender }) => [`  ${provider}:`, ...optionHelp(sender)])
  .join('\n')}
  all providers:
  --forged             sign with a wrong key
  --times <n>          deliver n times in sequence (default: 1)
  --help               print this text

${senders.map(({ provider, sender }) => `${provider}: ${sender.types.join(', ')}`).join('\n')}`;

const subjectOptionNames = senders.flatMap(({ sender }) => Object.keys(sender.subjectOptions));

async function main(): Promise<number> {
  const { values, positionals } = readArguments({
    ...Object.fromEntries(subjectOptionNames.map((name) => [name, { type: 'string' } as const])),
    forged: { type: 'boolean', default: false },
    times: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { provider, sender, type } = readEvent(positionals);
  const times = wholeNumber('times', values.times, 1, 100);
  const subject = readSubject(provider, sender, values);
  await send({ provider, type, subject, times, forged: values.forged });
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
  const found = senders.find(({ provider }) => provider === providerName);
  if (found === undefined)
    throw new UserError(
      `${missingOrUnknown('provider', providerName)}: ` +
        `expected ${providers.join(' or ')}, for example mux video.asset.ready.`,
    );
  const { types } = found.sender;
  if (!types.includes(type))
    throw new UserError(
      `${missingOrUnknown(`type of ${providerName}`, type)}: expected one of ${types.join(', ')}.`,
    );
  if (others.length > 0)
    throw new UserError(
      `Unexpected argument '${others.join(' ')}'. Put a title with spaces in quotes.`,
    );
  return { ...found, type };
}

/** Reads the options that select the subject of the event. Each provider has other ones. */
function readSubject(
  provider: string,
  { subjectOptions }: EventSender,
  values: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const given = subjectOptionNames.flatMap((name) => {
    const value = values[name];
    return typeof value === 'string' ? [{ name, value }] : [];
  });
  for (const { name, value } of given) {
    const option = subjectOptions[name];
    if (option === undefined)
      throw new UserError(`--${name} is not an option for events of ${provider}.`);
    if (option.values?.includes(value) === false)
      throw new UserError(
        `Unknown --${name} '${value}': expected one of ${option.values.join(', ')}.`,
      );
  }
  return Object.fromEntries(given.map(({ name, value }) => [name, value]));
}

const missingOrUnknown = (description: string, value: string) =>
  value === '' ? `Missing ${description}` : `Unknown ${description} '${value}'`;

await runCommand(main);
