import * as z from 'zod';
import { sydneyTime } from '../../platform/sydney-time.ts';
import { oneLine } from './display-text.ts';
import { Layout, Paragraph, Table } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  runAt: z.iso.datetime(),
  links: z.int().positive(),
  owners: z.int().positive(),
  top: z.array(z.object({ name: z.string(), links: z.int() })),
});

/** Mail to each admin if the setting SHARE_LINK_DIGEST is on. */
export const shareLinksDigest: Template<typeof params> = {
  params,
  compose({ runAt, links, owners, top }, { shareLinks }) {
    const headline = links === 1 ? 'A share link has expired' : `${links} share links have expired`;
    return {
      subject: headline,
      list: 'share-links',
      body: (
        <Layout
          preview={
            owners === 1
              ? 'All links belong to one member.'
              : `The links belong to ${owners} members.`
          }
          heading={headline}
          action={{ label: 'Open in the portal', href: shareLinks }}
          reason="You receive this mail because you are an administrator of the portal."
        >
          <Paragraph>
            {`The run of ${sydneyTime(runAt)} expired the links and revoked their tokens. ` +
              'Each owner receives a mail.'}
          </Paragraph>
          <Table
            head={['Owner', 'Links']}
            rows={top.map(({ name, links: own }) => [oneLine(name, 120) ?? 'No name', String(own)])}
          />
          {owners > top.length ? (
            <Paragraph>{`And ${owners - top.length} more owners.`}</Paragraph>
          ) : null}
        </Layout>
      ),
    };
  },
};
