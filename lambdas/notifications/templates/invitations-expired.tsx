import { Fragment, type ReactElement } from 'react';
import * as z from 'zod';
import { sydneyTime } from '../../platform/display/dates.ts';
import { formatNumber } from '../../platform/display/numbers.ts';
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
  compose({ total, listCommand, invitations }, { expiredInvitations }) {
    const more = total - invitations.length;
    const headline =
      total === 1 ? 'An invitation has expired' : `${formatNumber(total)} invitations have expired`;
    return {
      subject: headline,
      body: (
        <Layout
          preview="Nobody accepted within 72 hours."
          heading={headline}
          action={{ label: 'Renew in the portal', href: expiredInvitations }}
          commands={commandsOf(invitations, more > 0 ? listCommand : undefined)}
          reason="You receive this email because you are an administrator of the portal."
        >
          <Paragraph>
            Nobody accepted within 72 hours.{' '}
            {total === 1
              ? 'The link in the invitation no longer works.'
              : 'The links in the invitations no longer work.'}
          </Paragraph>
          <Table
            head={['Invited', 'Invited by', 'Sent']}
            rows={invitations.map(({ email, invitedBy, issuedAt }) => [
              oneLine(email, 320) ?? '',
              oneLine(invitedBy, 120) ?? 'Not a member of the portal',
              sydneyTime(issuedAt),
            ])}
          />
          {more > 0 ? (
            <Paragraph>{`And ${formatNumber(more)} more. The portal lists them all.`}</Paragraph>
          ) : null}
          <Paragraph>
            Renew an invitation to give it another 72 hours. The portal then emails a new link to
            the invited person.
          </Paragraph>
        </Layout>
      ),
    };
  },
};

function commandsOf(
  invitations: z.infer<typeof params>['invitations'],
  listCommand: string | undefined,
): ReactElement {
  return (
    <>
      <Paragraph>Or run the command of an invitation in the project’s folder:</Paragraph>
      {invitations.map(({ email, reissueCommand }) => (
        <Fragment key={reissueCommand}>
          <Paragraph>{oneLine(email, 320) ?? ''}</Paragraph>
          <Command>{reissueCommand}</Command>
        </Fragment>
      ))}
      {listCommand === undefined ? null : (
        <>
          <Paragraph>This command lists the others with their ids:</Paragraph>
          <Command>{listCommand}</Command>
        </>
      )}
    </>
  );
}
