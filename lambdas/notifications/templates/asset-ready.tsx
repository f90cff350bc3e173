import * as z from 'zod';
import { oneLine, playingTime, quoted } from './display-text.ts';
import { Layout, Panel, Paragraph } from './layout.tsx';
import type { Template } from './template.ts';

const params = z.object({
  assetId: z.uuid(),
  title: z.string().nullable(),
  durationSeconds: z.number().nonnegative().nullable(),
});

/**
 * Mail to the owner. Contains no playback URL, which would expire and would let anybody with the
 * mail watch the video.
 */
export const assetReady: Template<typeof params> = {
  params,
  compose({ assetId, title, durationSeconds }, links) {
    const short = oneLine(title, 80);
    const time = durationSeconds === null ? undefined : playingTime(durationSeconds);
    const subject =
      short === undefined ? 'Your video is ready to watch' : `${quoted(short)} is ready to watch`;
    return {
      subject,
      body: (
        <Layout
          preview={
            time === undefined
              ? 'Your video has been processed and is ready to watch.'
              : `Playing time ${time}.`
          }
          heading="Your video is ready"
          action={{ label: 'Watch in the portal', href: links.asset(assetId) }}
          reason="You receive this email because you own this video."
        >
          <Panel>{oneLine(title, 200) ?? 'Untitled video'}</Panel>
          <Paragraph>
            {time === undefined
              ? 'Your video has been processed and is ready to watch.'
              : `Your video has been processed and is ready to watch (${time}).`}
          </Paragraph>
        </Layout>
      ),
    };
  },
};
