import * as z from 'zod';
import { type EvidencePublicKey, isSignedBy } from '../platform/evidence-signature.ts';
import { parseJson } from '../platform/json.ts';

/** Claim about the newest record of the audit log at one time. Signed, and locked in the bucket. */
export interface AuditHead {
  readonly position: number;
  readonly hash: string;
  readonly signedAt: Date;
}

const document = z.object({
  // Distinguishes the document from residency reports, which the same key signs.
  kind: z.literal('audit-head'),
  position: z.int().nonnegative(),
  hash: z.string().length(64),
  signedAt: z.coerce.date(),
});

const file = z.object({ document: z.string(), signature: z.base64() });

export const composeHead = ({ position, hash, signedAt }: AuditHead): string =>
  JSON.stringify({ kind: 'audit-head', position, hash, signedAt: signedAt.toISOString() });

/** Composes the file of a signed head. The document is a text, so that its bytes stay as signed. */
export const composeHeadFile = (text: string, signature: Uint8Array): string =>
  `${JSON.stringify({ document: text, signature: Buffer.from(signature).toString('base64') })}\n`;

export type HeadFileResult =
  | { readonly status: 'valid'; readonly head: AuditHead }
  | { readonly status: 'unreadable' | 'forged' };

/** Reads a file of the bucket and verifies its signature. */
export function readHeadFile(content: Uint8Array, key: EvidencePublicKey): HeadFileResult {
  const parsed = file.safeParse(parseJson(Buffer.from(content).toString()));
  if (!parsed.success) return { status: 'unreadable' };
  const { document: text, signature } = parsed.data;
  if (!isSignedBy(key, text, Buffer.from(signature, 'base64'))) return { status: 'forged' };
  const head = document.safeParse(parseJson(text));
  return head.success ? { status: 'valid', head: head.data } : { status: 'unreadable' };
}
