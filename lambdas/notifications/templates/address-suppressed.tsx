import * as z from 'zod';
import { shellQuote } from '../../platform/shell-quote.ts';
import { oneLine } from './display-text.ts';
import { Layout, Panel, Paragraph } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  address: z.string(),
  reason: z.enum(['complaint', 'permanent-bounces', 'transient-bounces', 'manual']),
  /** Text of the last bounce. */
  lastAnswer: z.string().nullable(),
  /** Missing in notifications of earlier versions. */
  stage: z.string().optional(),
});

const reasons: Readonly<Record<z.infer<typeof params>['reason'], string>> = {
  complaint: 'The recipient marked an email from the portal as spam.',
  'permanent-bounces':
    'Emails to this address bounced permanently: ' +
    'the mailbox does not exist or rejects emails from the portal.',
  'transient-bounces':
    'Emails to this address keep bouncing: the mailbox may be full or its server may be down.',
  manual: 'A person added this address to the suppression list in Resend’s dashboard.',
};

/** Mail to support, who can lift the suppression if it is a mistake. */
export const addressSuppressed: Template<typeof params> = {
  params,
  compose({ address, reason, lastAnswer, stage }, { suppression }) {
    const answer = oneLine(lastAnswer, 500);
    return {
      subject: `Emails to ${oneLine(address, 120) ?? 'an address'} have stopped`,
      body: (
        <Layout
          preview={reasons[reason]}
          heading="The portal no longer sends emails to an address"
          action={{ label: 'Open in the portal', href: suppression(address) }}
          commands={
            <Panel label="Or run this in the project’s folder">{liftCommand(address, stage)}</Panel>
          }
          reason="You receive this email because you provide support for the portal."
        >
          <Panel label="Address">
            {oneLine(address, 320) ?? 'The address has no visible characters.'}
          </Panel>
          <Paragraph>{reasons[reason]}</Paragraph>
          {answer === undefined ? null : <Panel label="Text of the last bounce">{answer}</Panel>}
          <Paragraph>
            The portal still shows the notifications; only the emails have stopped. Ask the member
            for another address. If the address works again, lift the suppression. That also removes
            the address from the list that Resend keeps.
          </Paragraph>
        </Layout>
      ),
    };
  },
};

/** Quotes the address, because the reader pastes the command into a shell. */
function liftCommand(address: string, stage: string | undefined): string {
  const quotedAddress = shellQuote(oneLine(address, 320) ?? '');
  const reason = shellQuote('The mailbox works again');
  const option = stage === undefined ? '' : ` --stage ${shellQuote(stage)}`;
  return `npm run ops -- suppressions lift ${quotedAddress} --reason ${reason}${option}`;
}
