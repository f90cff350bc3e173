import { Fragment } from 'react';
import * as z from 'zod';
import { sydneyTime } from '../../platform/sydney-time.ts';
import { oneLine } from './display-text.ts';
import { Command, Layout, Paragraph, Table } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  total: z.int().positive(),
  listCommand: z.string().optional(),
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
  compose({ total, listCommand, invitations }) {
    const what = total === 1 ? 'An invitation has expired' : `${total} invitations have expired`;
    return {
      subject: what,
      body: (
        <Layout
          preview="Nobody accepted within 72 hours."
          heading={what}
          reason="You get this mail because you are an administrator of the portal."
        >
          <Paragraph>
            Nobody accepted within 72 hours, so the link in the invitation opens nothing any more.
          </Paragraph>
          <Table
            head={['Invited', 'By', 'Sent']}
            rows={invitations.map(({ email, invitedBy, issuedAt }) => [
              oneLine(email, 320) ?? '',
              oneLine(invitedBy, 120) ?? 'Nobody in the portal',
              sydneyTime(issuedAt),
            ])}
          />
          <Paragraph>
            To open an invitation for another 72 hours, run its command in the project’s folder; the
            portal then writes to the invited.
          </Paragraph>
          {invitations.map(({ email, reissueCommand }) => (
            <Fragment key={reissueCommand}>
              <Paragraph>{oneLine(email, 320) ?? ''}</Paragraph>
              <Command>{reissueCommand}</Command>
            </Fragment>
          ))}
          {total > invitations.length ? (
            <Paragraph>{`And ${total - invitations.length} more, which this lists with their ids:`}</Paragraph>
          ) : null}
          {total > invitations.length && listCommand !== undefined ? (
            <Command>{listCommand}</Command>
          ) : null}
        </Layout>
      ),
    };
  },
};
