import * as z from 'zod';
import type { PortalRequest } from '../../local/control-server.ts';
import { defineCommand } from '../command-line/command.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { wholeNumber } from '../whole-number.ts';
import { connectToRunning } from './running-client.ts';

const shareLink = defineCommand({
  name: 'share-link',
  summary: 'Create a share link as the backend of the portal does',
  arguments: z.strictObject({
    asset: z
      .string()
      .min(1)
      .optional()
      .describe('Title or id of a video that is ready (default: the first)'),
    days: wholeNumber('days', 1, 365).default(7).describe('Days until the link expires'),
  }),
  async run({ asset, days }, terminal: Terminal) {
    const after = new Date(Date.now() + (days + 1) * DAY_MS).toISOString();
    return send(terminal, { name: 'share-link', asset, days }, [
      'The job expire-share-links ends the link after that time and mails its owner.',
      `Run it now:  npm run ops -- jobs run expire-share-links --at ${after}`,
    ]);
  },
});

const upload = defineCommand({
  name: 'upload',
  summary: 'Create an upload as the backend of the portal does, and send a file',
  arguments: z.strictObject({
    title: z.string().min(1).default('A new upload').describe('Title of the video'),
  }),
  run: ({ title }, terminal: Terminal) =>
    send(terminal, { name: 'upload', title }, [
      'Mux sends three webhooks: upload.asset_created, asset.created and asset.ready.',
      'See them:    npm run ops -- events list --since 1m',
    ]),
});

const invitation = defineCommand({
  name: 'invitation',
  summary: 'Insert an invitation as the portal does',
  arguments: z.strictObject({
    email: z
      .email()
      .default('delivered+guest@resend.dev')
      .describe('Address of the invited person'),
    daysAgo: wholeNumber('days', 0, 365)
      .default(4)
      .describe('Age of the invitation; it expires after three days'),
  }),
  run: ({ email, daysAgo }, terminal: Terminal) =>
    send(terminal, { name: 'invitation', email, daysAgo }, [
      'The job clean-up-invitations expires it after 72 hours and mails the admins.',
      'Run it now:  npm run ops -- jobs run clean-up-invitations',
      'See the mail: /console, page Mails',
    ]),
});

const DAY_MS = 24 * 60 * 60_000;

export const portalCommands = [shareLink, upload, invitation];

/** Prints what the portal did, and then how to see what follows. */
async function send(
  { out }: Terminal,
  request: PortalRequest,
  consequences: readonly string[],
): Promise<number> {
  const client = await connectToRunning();
  for (const [name, value] of await client.sendToPortal(request))
    out(`  ${name.padEnd(12)}${value}`);
  for (const line of consequences) out(line);
  return exitCodes.done;
}
