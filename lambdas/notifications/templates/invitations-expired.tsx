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

/** Mail to each admin after a run that expired invitations. */
export const invitationsExpired: Template<typeof params> = {
  params,
  compose({ total, listCommand, invitations }) {
    const more = total - invitations.length;
    const headline =
      total === 1 ? 'An invitation has expired' : `${total} invitations have expired`;
    return {
      subject: headline,
      body: (
        <Layout
          preview="Nobody accepted within 72 hours."
          heading={headline}
          reason="You receive this mail because you are an administrator of the portal."
        >
          <Paragraph>
            Nobody accepted within 72 hours. The link in each invitation no longer works.
          </Paragraph>
          <Table
            head={['Invited', 'Invited by', 'Sent']}
            rows={invitations.map(({ email, invitedBy, issuedAt }) => [
              oneLine(email, 320) ?? '',
              oneLine(invitedBy, 120) ?? 'Not a member of the portal',
              sydneyTime(issuedAt),
            ])}
          />
          <Paragraph>
            To renew an invitation for another 72 hours, run its command in the project’s folder.
            The portal then sends a new link to the invited person.
          </Paragraph>
          {invitations.map(({ email, reissueCommand }) => (
            <Fragment key={reissueCommand}>
              <Paragraph>{oneLine(email, 320) ?? ''}</Paragraph>
              <Command>{reissueCommand}</Command>
            </Fragment>
          ))}
          {more > 0 ? (
            <Paragraph>{`And ${more} more. This command lists them with their ids:`}</Paragraph>
          ) : null}
          {more > 0 && listCommand !== undefined ? <Command>{listCommand}</Command> : null}
        </Layout>
      ),
    };
  },
};
