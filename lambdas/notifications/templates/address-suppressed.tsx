import * as z from 'zod';
import { oneLine } from './display-text.ts';
import { Layout, Panel, Paragraph } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  address: z.string(),
  reason: z.enum(['complaint', 'permanent-bounces', 'transient-bounces']),
  /** What the last bounce said. */
  lastAnswer: z.string().nullable(),
});

const reasons: Readonly<Record<z.infer<typeof params>['reason'], string>> = {
  complaint: 'Its owner marked a mail of the portal as spam.',
  'permanent-bounces':
    'Mails to it bounced for good: the mailbox does not exist, or takes none of our mails.',
  'transient-bounces':
    'Mails to it keep bouncing: the mailbox may be full, or its server out of order.',
};

/** To support, which can lift what turns out to be a mistake. */
export const addressSuppressed: Template<typeof params> = {
  params,
  compose({ address, reason, lastAnswer }) {
    const answer = oneLine(lastAnswer, 500);
    return {
      subject: `No more mails to ${oneLine(address, 120) ?? 'an address'}`,
      body: (
        <Layout
          preview={reasons[reason]}
          heading="The portal no longer mails an address"
          reason="You get this mail because you are support for the portal."
        >
          <Panel label="Address">{oneLine(address, 320) ?? 'It has no visible characters.'}</Panel>
          <Paragraph>{reasons[reason]}</Paragraph>
          {answer === undefined ? null : <Panel label="What the last bounce said">{answer}</Panel>}
          <Paragraph>
            Notifications for it are still in the portal; only the mails are left out. Ask the
            member for another address, or, once mails can arrive again, lift it:
          </Paragraph>
          <Panel label="In the project’s folder">
            {`npm run ops -- suppressions lift ${shellWord(address)} --reason 'The mailbox works again'`}
          </Panel>
          <Paragraph>
            Resend keeps a list of its own of addresses that it does not deliver to. Where the
            address is on it, take it off in Resend’s dashboard too.
          </Paragraph>
        </Layout>
      ),
    };
  },
};

/** Somebody will paste this: whatever the address holds has to stay one word. */
function shellWord(address: string): string {
  const line = oneLine(address, 320) ?? '';
  return /^[\w.+@-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`;
}
