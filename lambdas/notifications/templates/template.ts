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

/** The same params must give the same bytes for good: Resend refuses a repeated key with another payload. */
export interface Template<Schema extends z.ZodType> {
  readonly params: Schema;
  compose(params: z.infer<Schema>, links: { readonly asset: (assetId: string) => string }): Mail;
}
