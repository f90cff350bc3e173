import * as z from 'zod';
import { oneLine, quoted } from './display-text.ts';
import { Layout, Panel } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  assetId: z.uuid(),
  title: z.string().nullable(),
  reason: z.string(),
  ownerName: z.string().nullable(),
});

/** Mail to each admin who is not the owner. */
export const assetFailedAdmin: Template<typeof params> = {
  params,
  compose({ assetId, title, reason, ownerName }, links) {
    const short = oneLine(title, 80);
    return {
      subject:
        short === undefined
          ? 'Processing failed: an untitled video'
          : `Processing failed: ${quoted(short)}`,
      body: (
        <Layout
          preview="Mux could not process a video."
          heading="A video could not be processed"
          action={{ label: 'Open in the portal', href: links.asset(assetId) }}
          reason="You receive this email because you are an administrator of the portal."
        >
          <Panel label="Video">{oneLine(title, 200) ?? 'Untitled video'}</Panel>
          <Panel label="Owner">{oneLine(ownerName, 120) ?? 'Not a member of the portal'}</Panel>
          <Panel label="What went wrong">{oneLine(reason, 500) ?? 'No reason was given.'}</Panel>
        </Layout>
      ),
    };
  },
};
