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

/** Mail to the owner after a run that expired share links of this owner. */
export const shareLinksExpired: Template<typeof params> = {
  params,
  compose({ total, links }, { asset }) {
    const headline =
      total === 1 ? 'A share link of yours has' : `${total} share links of yours have`;
    const [first] = links;
    return {
      subject: `${headline} expired`,
      body: (
        <Layout
          preview="People with these links can no longer watch. Your videos have not changed."
          heading={`${headline} expired`}
          {...(first === undefined
            ? {}
            : { action: { label: 'Open in the portal', href: asset(first.assetId) } })}
          reason="You receive this mail because you own these share links."
        >
          <Paragraph>
            {total === 1
              ? 'People with this link can no longer watch.'
              : 'People with these links can no longer watch.'}{' '}
            Your videos have not changed. To share a video again, create a new link in the portal.
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
            <Paragraph>{`And ${total - links.length} more. The portal lists them all.`}</Paragraph>
          ) : null}
        </Layout>
      ),
    };
  },
};
