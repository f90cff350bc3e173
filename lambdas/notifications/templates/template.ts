import type { ReactElement } from 'react';
import type { z } from 'zod';

export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string;
}

export interface Mail {
  readonly subject: string;
  readonly body: ReactElement;
  readonly attachments?: readonly Attachment[];
}

/**
 * Composes a mail from its params. The same params must always give the same bytes, because Resend
 * rejects a reused idempotency key with another payload.
 */
export interface Template<Schema extends z.ZodType> {
  readonly params: Schema;
  compose(params: z.infer<Schema>, links: { readonly asset: (assetId: string) => string }): Mail;
}
