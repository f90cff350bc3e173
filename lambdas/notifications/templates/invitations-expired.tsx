import { z } from 'zod';
import { oneLine } from './display-text.ts';
import { Command, Layout, Paragraph, Table } from './layout.tsx';
import { sydneyTime } from './sydney-time.ts';
import type { Template } from './template.ts';

const params = z.object({
  total: z.int().positive(),
  invitations: z.array(
    z.object({
      email: z.string(),
      invitedBy: z.string().nullable(),
      issuedAt: z.iso.datetime(),
      reissueCommand: z.string(),
    }),
  ),
});

/** To each admin, once for each run that expired some. */
export const invitationsExpired: Template<typeof params> = {
  params,
  compose({ total, invitations }) {
    const what = total === 1 ? 'An invitation has expired' : `${total} invitations have expired`;
    return {
      subject: what,
      body: (
        <Layout
          preview="Nobody accepted within 72 hours."
          heading={what}
          reason="You get this mail because you are an administrator of the portal."
        >
          <Paragraph>Nobody accepted within 72 hours, so the link in the invitation opens nothing any more.</Paragraph>
          <Table
            head={['Invited', 'By', 'Sent']}
            rows={invitations.map(({ email, invitedBy, issuedAt }) => [
              oneLine(email, 320) ?? '',
              oneLine(invitedBy, 120) ?? 'Nobody in the portal',
              sydneyTime(issuedAt),
            ])}
          />
          <Paragraph>To invite somebody again, in the project’s folder (the rows in the same order):</Paragraph>
          {invitations.map(({ reissueCommand }) => (
            <Command key={reissueCommand}>{reissueCommand}</Command>
          ))}
          {total > invitations.length ? <Paragraph>{`And ${total - invitations.length} more.`}</Paragraph> : null}
        </Layout>
      ),
    };
  },
};
