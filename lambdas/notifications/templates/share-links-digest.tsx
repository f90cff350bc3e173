import * as z from 'zod';
import { sydneyTime } from '../../platform/display/dates.ts';
import { formatCount, formatNumber } from '../../platform/display/numbers.ts';
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
    const headline =
      links === 1 ? 'A share link has expired' : `${formatNumber(links)} share links have expired`;
    return {
      subject: headline,
      list: 'share-links',
      body: (
        <Layout
          preview={
            owners === 1
              ? `The link${links === 1 ? ' belongs' : 's belong'} to one member.`
              : `The links belong to ${formatNumber(owners)} members.`
          }
          heading={headline}
          action={{ label: 'Open in the portal', href: shareLinks }}
          reason="You receive this email because you are an administrator of the portal."
        >
          <Paragraph>
            {links === 1
              ? `The link stopped working on ${sydneyTime(runAt)}. Its owner receives an email.`
              : `The links stopped working on ${sydneyTime(runAt)}. Each owner receives an email.`}
          </Paragraph>
          <Table
            head={['Owner', 'Links']}
            rows={top.map(({ name, links: own }) => [
              oneLine(name, 120) ?? 'No name',
              formatNumber(own),
            ])}
          />
          {owners > top.length ? (
            <Paragraph>{`And ${formatCount(owners - top.length, 'more owner')}.`}</Paragraph>
          ) : null}
        </Layout>
      ),
    };
  },
};
