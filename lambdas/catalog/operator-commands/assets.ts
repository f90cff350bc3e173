import * as z from 'zod';
import { dryRun, name, requiredReason } from './arguments.ts';

export const assetCommands = {
  'assets show': {
    summary: 'Show a video: its ids at Mux, state, problems and newest events',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      asset: name('the id of a video').describe(
        "The portal's id of the video, or an asset id or upload id of Mux",
      ),
    }),
  },
  'assets bind': {
    summary: 'Bind a video of the portal to an asset of Mux; no event changes that binding',
    policy: 'operate',
    changes: true,
    arguments: z.strictObject({
      asset: z.uuid("expected the portal's id of a video").describe("The portal's id of the video"),
      muxAsset: z
        .string()
        .regex(/^[\w-]{1,255}$/, 'expected an asset id of Mux: letters, digits, _ and -')
        .describe('Asset id of Mux; the command does not ask Mux whether it exists'),
      reason: requiredReason,
      dryRun,
    }),
  },
} as const;
