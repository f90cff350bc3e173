import * as z from 'zod';
import { type EvidencePublicKey, isSignedBy, sha256 } from '../platform/evidence-signature.ts';
import { parseJson } from '../platform/json.ts';

/** Newest record of the audit log at one time. */
export interface SignedPosition {
  readonly position: number;
  readonly hash: string;
  readonly signedAt: Date;
}

/** Claim about the audit log at one time. Signed, and locked in the evidence bucket. */
export interface AuditHead extends SignedPosition {
  readonly stage: string;
  /** Number of the head; heads are numbered from 1 without gaps. */
  readonly sequence: number;
  /** SHA-256 of the document of the head before; null for the first head. */
  readonly previous: string | null;
  /** Problems of the chain itself, such as a changed record, when the head was signed. */
  readonly problems: number;
  /**
   * Numbers of all heads up to this one that do not continue the head before: records that were
   * signed had been removed or changed.
   */
  readonly breaks: readonly number[];
}

/** A head with the SHA-256 of its document, which the next head contains. */
export interface StoredHead extends AuditHead {
  readonly sha256: string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const headDocument = z.object({
  // Distinguishes the document from residency reports, which the same key signs.
  kind: z.literal('audit-head'),
  stage: z.string().min(1),
  sequence: z.int().positive(),
  position: z.int().nonnegative(),
  hash,
  previous: hash.nullable(),
  problems: z.int().nonnegative(),
  breaks: z.array(z.int().positive()),
  signedAt: z.coerce.date(),
});

const file = z.object({ document: z.string(), signature: z.base64() });

export const composeHead = (head: AuditHead): string =>
  JSON.stringify({
    kind: 'audit-head',
    stage: head.stage,
    sequence: head.sequence,
    position: head.position,
    hash: head.hash,
    previous: head.previous,
    problems: head.problems,
    breaks: head.breaks,
    signedAt: head.signedAt.toISOString(),
  });

/** Composes the file of a signed head. The document is a text, so that its bytes stay as signed. */
export const composeHeadFile = (text: string, signature: Uint8Array): string =>
  `${JSON.stringify({ document: text, signature: Buffer.from(signature).toString('base64') })}\n`;

export type HeadFileResult =
  | { readonly status: 'valid'; readonly head: StoredHead }
  | { readonly status: 'unreadable' | 'forged' };

/** Reads a file of the bucket and verifies its signature. */
export function readHeadFile(content: Uint8Array, key: EvidencePublicKey): HeadFileResult {
  const parsed = file.safeParse(parseJson(Buffer.from(content).toString()));
  if (!parsed.success) return { status: 'unreadable' };
  const { document: text, signature } = parsed.data;
  if (!isSignedBy(key, text, Buffer.from(signature, 'base64'))) return { status: 'forged' };
  const head = headDocument.safeParse(parseJson(text));
  if (!head.success) return { status: 'unreadable' };
  return { status: 'valid', head: { ...head.data, sha256: sha256(text) } };
}
