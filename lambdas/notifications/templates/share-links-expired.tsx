import * as z from 'zod';
import { sydneyTime } from '../../platform/sydney-time.ts';
import { oneLine } from './display-text.ts';
import { Layout, Paragraph, Table } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  total: z.int().positive(),
  links: z.array(
    z.object({
      assetId: z.uuid(),
      label: z.string().nullable(),
      title: z.string().nullable(),
      expiresAt: z.iso.datetime(),
    }),
  ),
});

/** To the owner, once for each run that expired some of theirs. */
export const shareLinksExpired: Template<typeof params> = {
  params,
  compose({ total, links }, { asset }) {
    const what = total === 1 ? 'A share link of yours has' : `${total} share links of yours have`;
    const [first] = links;
    return {
      subject: `${what} expired`,
      body: (
        <Layout
          preview="Whoever has them can watch no longer; the videos are as they were."
          heading={`${what} expired`}
          {...(first === undefined
            ? {}
            : { action: { label: 'Open in the portal', href: asset(first.assetId) } })}
          reason="You get this mail because the share links are yours."
        >
          <Paragraph>
            {total === 1
              ? 'Whoever has it can watch no longer'
              : 'Whoever has them can watch no longer'}
            ; the videos are as they were. To go on sharing one, make a new link in the portal.
          </Paragraph>
          <Table
            head={['Link', 'Video', 'Expired']}
            rows={links.map(({ label, title, expiresAt }) => [
              oneLine(label, 120) ?? 'No name',
              oneLine(title, 120) ?? 'Untitled video',
              sydneyTime(expiresAt),
            ])}
          />
          {total > links.length ? (
            <Paragraph>{`And ${total - links.length} more, which the portal lists.`}</Paragraph>
          ) : null}
        </Layout>
      ),
    };
  },
};
