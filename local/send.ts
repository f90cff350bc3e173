import { type Provider, providers } from '../lambdas/providers/index.ts';
import { readArguments, runCommand, wholeNumber } from './command.ts';
import { makeControlClient, NOT_RUNNING } from './control.ts';
import { describeAnswers, describeConsequences } from './describe.ts';
import { untilSettled } from './inspect.ts';
import { Problem } from './problem.ts';
import { findRunning, stateDirectory } from './running.ts';
import { muxEventTypes } from './sandbox/mux-events.ts';

/** A provider that has no sandbox yet can be posted to, but not by this command. */
const eventTypes: Readonly<Partial<Record<Provider, readonly string[]>>> = { mux: muxEventTypes };

const HELP = `npm run send -- <provider> <type> [options]

Posts a signed event to the instance that npm start runs, and shows what it caused.

  --asset <id|title>   about this film (one that waits for such an event, else a new one)
  --title <title>      about a new film with this title
  --forged             signed with a key that is not the webhook's
  --times <n>          delivered n times, one after the other (1)
  --help               this text

${providers.map((provider) => `${provider}: ${(eventTypes[provider] ?? ['nothing yet']).join(', ')}`).join('\n')}`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments({
    asset: { type: 'string' },
    title: { type: 'string' },
    forged: { type: 'boolean', default: false },
    times: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { provider, type } = checkEvent(positionals);
  const times = wholeNumber('times', values.times, 1, 100);
  const running = await findRunning(stateDirectory);
  if (running === undefined) throw new Problem(NOT_RUNNING);
  if (running.at === undefined) throw new Problem('Local mode is still starting: try again in a moment.');

  const client = makeControlClient(running.at.controlUrl);
  const { forged, asset, title } = values;
  const sent = await client.send({ provider, type, times, forged, asset, title });
  console.log(`${type} ${sent.eventId} for '${sent.title}'`);
  for (const line of describeAnswers(sent.answers)) console.log(line);
  if (sent.answers.every(({ statusCode }) => statusCode !== 200)) return 0;
  for (const line of describeConsequences(await untilSettled(client.inspect, provider, sent.eventId)))
    console.log(line);
  return 0;
}

function checkEvent([provider = '', type = '', ...others]: readonly string[]) {
  const known = providers.find((candidate) => candidate === provider);
  if (known === undefined)
    throw new Problem(
      `${given('provider', provider)}: expected ${providers.join(' or ')}, for example mux video.asset.ready.`,
    );
  const types = eventTypes[known];
  if (types === undefined) throw new Problem(`Local mode has no events of ${known} to send yet (local/sandbox).`);
  if (!types.includes(type))
    throw new Problem(`${given(`type of ${known}`, type)}: expected one of ${types.join(', ')}.`);
  if (others.length > 0)
    throw new Problem(`One event at a time: '${others.join(' ')}' is too much. A title with spaces needs quotes.`);
  return { provider: 'mux' as const, type };
}

const given = (what: string, value: string) =>
  value === '' ? `No ${what} is given` : `There is no ${what} '${value}'`;

await runCommand(main);
