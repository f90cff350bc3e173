import * as z from 'zod';
import { oneLine, quoted } from './display-text.ts';
import { Layout, Panel, Paragraph } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({ assetId: z.uuid(), title: z.string().nullable(), reason: z.string() });

/** Mail to the owner. */
export const assetFailed: Template<typeof params> = {
  params,
  compose({ assetId, title, reason }, links) {
    const short = oneLine(title, 80);
    return {
      subject:
        short === undefined
          ? 'Your video could not be processed'
          : `${quoted(short)} could not be processed`,
      body: (
        <Layout
          preview="See what went wrong, then upload the video again."
          heading="Your video could not be processed"
          action={{ label: 'Open in the portal', href: links.asset(assetId) }}
          reason="You receive this email because you own this video."
        >
          <Panel>{oneLine(title, 200) ?? 'Untitled video'}</Panel>
          <Panel label="What went wrong">{oneLine(reason, 500) ?? 'No reason was given.'}</Panel>
          <Paragraph>
            Check that the file plays on your computer, then upload the video again.
          </Paragraph>
        </Layout>
      ),
    };
  },
};
