import { type ChatMessage, eventTextLimits } from '../../catalog/domain-events.ts';
import type { Suppression } from '../../notifications/email-suppressions.queries.ts';
import { cutText } from '../../platform/cut-text.ts';
import { shellQuote } from '../../platform/shell-quote.ts';

/** Composes the chat message about one of our own addresses that receives no more mail. */
export function chatMessage(
  { address: whole, reason, origin }: Suppression,
  stage: string,
): ChatMessage {
  const address = cutText(whole, eventTextLimits.address);
  const command = `npm run ops -- suppressions lift ${shellQuote(address)}`;
  const lift = `${command} --reason '…' --stage ${stage}`;
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: `:rotating_light: ${stage}: an address of our own receives no more mail`,
      description:
        `\`${plain(address)}\` is suppressed (${reason}, by the list of ${origin}). ` +
        'Escalations, reports and alerts to this address are not sent.',
      nextSteps: [
        `Find out why the mailbox rejects our mails, then: \`${plain(lift)}\``,
        'If the mailbox is gone: change the contact in cdk.json and deploy.',
      ],
      keywords: ['email.suppressed', stage],
    },
  };
}

/** Removes the characters that would end the code span. */
const plain = (text: string) => text.replace(/[`\r\n]+/g, ' ').trim();
