import * as z from 'zod';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { makeControlClient } from '../../local/control-server.ts';
import { waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import { findRunning, NOT_RUNNING, stateDirectory } from '../../local/running-instance.ts';
import type { SendRequest, SubjectOption } from '../../local/sandbox/event-sender.ts';
import { senderOf } from '../../local/sandbox/event-senders.ts';
import { UserError } from '../../local/user-error.ts';
import { defineCommand } from '../command-line/command.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { describeConsequences, describeResponses } from '../print-consequences.ts';
import { wholeNumber } from '../whole-number.ts';

/** Makes the command that posts events of one provider. */
export function makeSendCommand(provider: Provider) {
  const { types, subjectOptions } = senderOf(provider);
  const [first = '', ...others] = types;
  return defineCommand({
    name: provider,
    summary: `Post an event of ${provider}`,
    arguments: z.strictObject({
      type: z.enum([first, ...others]).describe('Type of the event'),
      ...Object.fromEntries(
        Object.entries(subjectOptions).map(([name, option]) => [name, subjectContract(option)]),
      ),
      forged: z.boolean().default(false).describe('Sign with a wrong key'),
      times: wholeNumber('deliveries', 1, 100).default(1).describe('Deliver n times in sequence'),
    }),
    async run({ type, forged, times, ...given }, terminal: Terminal) {
      const subject = Object.fromEntries(
        Object.entries(given).filter(([, value]) => value !== undefined),
      );
      await send({ provider, type, subject, times, forged } as SendRequest, terminal);
      return exitCodes.done;
    },
  });
}

const subjectContract = ({ help, values }: SubjectOption) => {
  const [first, ...others] = values ?? [];
  const contract = first === undefined ? z.string().min(1) : z.enum([first, ...others]);
  return contract.optional().describe(`${help.charAt(0).toUpperCase()}${help.slice(1)}`);
};

async function send(request: SendRequest, { out }: Terminal): Promise<void> {
  const running = await findRunning(stateDirectory);
  if (running === undefined) throw new UserError(NOT_RUNNING);
  if (running.at === undefined)
    throw new UserError('Local mode is still starting. Try again in a moment.');
  const client = makeControlClient(running.at.controlUrl);
  const { eventId, subject, responses } = await client.send(request);
  out(`${request.type} ${eventId} for '${subject}'`);
  for (const line of describeResponses(responses)) out(line);
  if (responses.every(({ statusCode }) => statusCode !== 200)) return;
  const consequences = await waitUntilComplete(client.inspect, request.provider, eventId);
  for (const line of describeConsequences(consequences)) out(line);
}
