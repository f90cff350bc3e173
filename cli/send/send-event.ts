import * as z from 'zod';
import { mailAddress } from '../../lambdas/catalog/operator-commands/arguments.ts';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import type { SendRequest, SendResult, SubjectOption } from '../../local/sandbox/event-sender.ts';
import { senderOf } from '../../local/sandbox/event-senders.ts';
import { defineCommand } from '../command-line/command.ts';
import { BadInputError } from '../command-line/errors.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { describeConsequences, describeResponses } from '../print-consequences.ts';
import { wholeNumber } from '../whole-number.ts';
import { explainRequest, nextCommands } from './explain.ts';
import { readBody } from './read-body.ts';
import { connectToRunning } from './running-client.ts';

/** Options that say how an event is delivered and what happens to it. */
const rehearsal = {
  body: z
    .string()
    .optional()
    .describe('Post this body as it is: @file, or JSON; its type takes the place of <type>'),
  fails: wholeNumber('attempts', 1, 100)
    .optional()
    .describe('The processor fails n times, then the event succeeds'),
  broken: z.boolean().default(false).describe('Every attempt fails, so the event is exhausted'),
  duplicate: z.boolean().default(false).describe('Deliver the event twice'),
  late: z.boolean().default(false).describe('Process a newer event of this type first'),
  forged: z.boolean().default(false).describe('Sign with a wrong key'),
  times: wholeNumber('deliveries', 1, 100).default(1).describe('Deliver n times in sequence'),
};

/** Makes the command that posts events of one provider. */
export function makeSendCommand(provider: Provider) {
  const { types, subjectOptions } = senderOf(provider);
  const [first = '', ...others] = types;
  return defineCommand({
    name: provider,
    summary: `Post an event of ${provider}`,
    positionals: ['type'],
    arguments: z.strictObject({
      type: z
        .enum([first, ...others])
        .optional()
        .describe('Type of the event'),
      ...Object.fromEntries(
        Object.entries(subjectOptions).map(([name, option]) => [name, subjectContract(option)]),
      ),
      ...rehearsal,
    }),
    async run(given, terminal: Terminal) {
      const { type, body, fails, broken, duplicate, late, forged, times, ...subjects } = given;
      const subject = Object.fromEntries(
        Object.entries(subjects).filter(([, value]) => value !== undefined),
      ) as SendRequest['subject'];
      checkCombination({ ...given, provider, subject });
      const request: SendRequest = {
        provider,
        type,
        body: body === undefined ? undefined : await readBody(body),
        fails,
        broken,
        late,
        forged,
        times: duplicate ? 2 : times,
        subject,
      };
      const isAsExpected = await send(request, terminal);
      return isAsExpected ? exitCodes.done : exitCodes.failed;
    },
  });
}

interface Combination {
  readonly provider: Provider;
  readonly type?: string | undefined;
  readonly body?: string | undefined;
  readonly fails?: number | undefined;
  readonly broken: boolean;
  readonly duplicate: boolean;
  readonly late: boolean;
  readonly forged: boolean;
  readonly times: number;
  readonly subject: SendRequest['subject'];
}

/** @throws a BadInputError that names two options of which only one can apply. */
export function checkCombination(given: Combination): void {
  const { provider, type, body, fails, broken, duplicate, late, forged, times, subject } = given;
  const [option] = Object.keys(subject).filter((name) => name !== 'headers');
  const { subjectOptions } = senderOf(provider);
  const [unused] = Object.keys(subject).filter((name) => {
    const onlyFor = subjectOptions[name]?.onlyFor;
    return type !== undefined && onlyFor !== undefined && onlyFor !== type;
  });
  const isFaulty = fails !== undefined || broken;
  const conflicts: readonly (readonly [boolean, string])[] = [
    [
      type === undefined && body === undefined,
      `${provider} needs <type> (one of ${senderOf(provider).types.join(', ')}), or --body @file.`,
    ],
    [type !== undefined && body !== undefined, '--body names the type itself: leave out <type>.'],
    [
      unused !== undefined,
      `--${unused} has an effect on ${subjectOptions[unused ?? '']?.onlyFor} only, not on ${type}.`,
    ],
    [body !== undefined && option !== undefined, `--body and --${option} exclude each other.`],
    [body !== undefined && late, '--body and --late exclude each other: the body has its time.'],
    [fails !== undefined && broken, '--fails and --broken exclude each other.'],
    [duplicate && times > 1, '--duplicate is --times 2: use one of them.'],
    [forged && (isFaulty || late), '--forged events are rejected before they can fail or be late.'],
    [late && isFaulty, '--late and --fails or --broken exclude each other.'],
  ];
  const conflict = conflicts.find(([applies]) => applies);
  if (conflict !== undefined) throw new BadInputError(conflict[1]);
}

const subjectContract = ({ help, values, isAddress }: SubjectOption) => {
  const [first, ...others] = values ?? [];
  const text = isAddress === true ? mailAddress : z.string().min(1);
  const contract = first === undefined ? text : z.enum([first, ...others]);
  return contract.optional().describe(`${help.charAt(0).toUpperCase()}${help.slice(1)}`);
};

/** @returns false if a delivery was not accepted, or a forged one was. */
async function send(request: SendRequest, { out }: Terminal): Promise<boolean> {
  const client = await connectToRunning();
  for (const line of explainRequest(request)) out(line);
  const result = await client.send(request);
  const { eventId, responses } = result;
  for (const line of describeResult(result)) out(line);
  const isAccepted = responses.some(({ statusCode }) => statusCode === 200);
  const isAsExpected = responses.every(({ statusCode }) => (statusCode === 200) !== request.forged);
  if (!isAccepted || eventId === '') return isAsExpected;
  const consequences = await waitUntilComplete(client.inspect, request.provider, eventId);
  for (const line of describeConsequences(consequences)) out(line);
  for (const line of nextCommands(request, eventId)) out(line);
  return isAsExpected;
}

const describeResult = ({ type, eventId, subject, newerEventId, responses }: SendResult) => [
  ...(newerEventId === undefined ? [] : [`${type} ${newerEventId}, the newer event, is processed`]),
  [type, eventId, `for '${subject}'`].filter(Boolean).join(' '),
  ...describeResponses(responses),
];
