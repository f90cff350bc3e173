import * as z from 'zod';
import { oneLine, quoted } from './display-text.ts';
import { Layout, Panel, Paragraph } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({ assetId: z.uuid(), title: z.string().nullable(), reason: z.string() });

/** Mail to the owner. */
export const assetCancelled: Template<typeof params> = {
  params,
  compose({ assetId, title, reason }, links) {
    const short = oneLine(title, 80);
    return {
      subject:
        short === undefined
          ? 'Your upload was not completed'
          : `The upload of ${quoted(short)} was not completed`,
      body: (
        <Layout
          preview="No video was uploaded. You can start again in the portal."
          heading="Your upload was not completed"
          action={{ label: 'Open in the portal', href: links.asset(assetId) }}
          reason="You receive this email because you started this upload."
        >
          <Panel>{oneLine(title, 200) ?? 'Untitled video'}</Panel>
          <Panel label="What happened">{oneLine(reason, 500) ?? 'No reason was given.'}</Panel>
          <Paragraph>If you still want to publish this video, upload it again.</Paragraph>
        </Layout>
      ),
    };
  },
};
