import * as z from 'zod';
import { sydneyTime } from '../../platform/display/dates.ts';
import { formatCount, formatNumber } from '../../platform/display/numbers.ts';
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
      total === 1
        ? 'A share link of yours has'
        : `${formatNumber(total)} share links of yours have`;
    const these = total === 1 ? 'this' : 'these';
    const noun = total === 1 ? 'link' : 'links';
    const watchers = `People with ${these} ${noun} can no longer watch.`;
    const [first] = links;
    return {
      subject: `${headline} expired`,
      body: (
        <Layout
          preview={`${watchers} Your videos have not changed.`}
          heading={`${headline} expired`}
          {...(first === undefined
            ? {}
            : { action: { label: labelOf({ total, links }), href: asset(first.assetId) } })}
          reason={`You receive this email because you own ${these} share ${noun}.`}
        >
          <Paragraph>
            {`${watchers} Your videos have not changed. To share a video again, open it in the ` +
              'portal and create a new link.'}
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
            <Paragraph>{`And ${formatCount(total - links.length, 'more link')}.`}</Paragraph>
          ) : null}
        </Layout>
      ),
    };
  },
};

/**
 * Names the one video that the button opens: the portal has no page that lists a member's links.
 * Links that the mail does not show may belong to other videos.
 */
const labelOf = ({ total, links }: z.infer<typeof params>): string =>
  total === links.length && new Set(links.map(({ assetId }) => assetId)).size === 1
    ? 'Open the video in the portal'
    : 'Open the first video in the portal';
