import * as z from 'zod';
import { parseJson } from '../json.ts';

const schema = z.object({ tokenId: z.string().min(1), tokenSecret: z.string().min(1) });

export type MuxApiToken = z.infer<typeof schema>;

/** Reads the text of a secret: JSON with `tokenId` and `tokenSecret`. Undefined for other texts. */
export const readMuxApiToken = (text: string): MuxApiToken | undefined =>
  schema.safeParse(parseJson(text)).data;
