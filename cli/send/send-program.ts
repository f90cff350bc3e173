import * as z from 'zod';
import { type Provider, providers } from '../../lambdas/catalog/providers.ts';
import { senderOf } from '../../local/sandbox/event-senders.ts';
import { defineProgram } from '../command-line/command.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { portalCommands } from './portal-commands.ts';
import { repairCommand } from './repair-events.ts';
import { makeSendCommand } from './send-event.ts';

const describeTypes = (provider: Provider) => `${provider}: ${senderOf(provider).types.join(', ')}`;

/** Posts signed events to the instance of npm start, with one command per provider. */
export const makeProgram = (name: string, version: string) =>
  defineProgram<Terminal>({
    name,
    version,
    summary:
      'Post a signed event, or a request of the portal, to the instance of npm start, and print ' +
      'the effects.',
    details: providers.map(describeTypes).join('\n\n'),
    commands: [...providers.map(makeSendCommand), ...portalCommands, repairCommand],
    globals: z.strictObject({}),
    open: (_, terminal) => terminal,
  });
