import type { ReactElement } from 'react';
import type { z } from 'zod';
import type { PortalLinks } from './portal-links.ts';

export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string;
  /** Encoding of the content, if it is not text. */
  readonly encoding?: 'base64' | undefined;
}

export interface Mail {
  readonly subject: string;
  readonly body: ReactElement;
  readonly attachments?: readonly Attachment[];
  /** Set for a digest: name of the list by which its readers can filter it. */
  readonly list?: string;
}

/**
 * Composes a mail from its params. The same params must always give the same bytes, because Resend
 * rejects a reused idempotency key with another payload.
 */
export interface Template<Schema extends z.ZodType> {
  readonly params: Schema;
  compose(params: z.infer<Schema>, links: PortalLinks): Mail;
}
