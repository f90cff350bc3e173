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

/** To each admin, where the stage's settings ask for it. */
export const shareLinksDigest: Template<typeof params> = {
  params,
  compose({ runAt, links, owners, top }) {
    const what = links === 1 ? 'A share link has expired' : `${links} share links have expired`;
    return {
      subject: what,
      body: (
        <Layout
          preview={owners === 1 ? 'All of one member.' : `Of ${owners} members.`}
          heading={what}
          reason="You get this mail because you are an administrator of the portal."
        >
          <Paragraph>
            {`They were due at ${sydneyTime(runAt)}. Their tokens are revoked, and the owners have a mail.`}
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
