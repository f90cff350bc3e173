import { render, toPlainText } from '@react-email/render';
import type { z } from 'zod';
import { addressSuppressed } from './templates/address-suppressed.tsx';
import { assetFailed } from './templates/asset-failed.tsx';
import { assetFailedAdmin } from './templates/asset-failed-admin.tsx';
import { assetReady } from './templates/asset-ready.tsx';
import { invitationsExpired } from './templates/invitations-expired.tsx';
import { residencyReported } from './templates/residency-reported.tsx';
import { secretsDue } from './templates/secrets-due.tsx';
import { shareLinksDigest } from './templates/share-links-digest.tsx';
import { shareLinksExpired } from './templates/share-links-expired.tsx';
import type { Attachment, Mail, Template } from './templates/template.ts';
import { webhooksExhausted } from './templates/webhooks-exhausted.tsx';

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attachments?: readonly Attachment[];
}

export type Rendering =
  | { readonly outcome: 'rendered'; readonly mail: RenderedMail }
  | { readonly outcome: 'unknown-kind' | 'unreadable-params'; readonly fault: string };

type Compose = (params: unknown, portalUrl: string) => Mail | { readonly fault: string };

/** Every kind of notification that is mailed. */
const kinds: ReadonlyMap<string, Compose> = new Map([
  ['asset.ready', composing(assetReady)],
  ['asset.failed', composing(assetFailed)],
  ['asset.failed.admin', composing(assetFailedAdmin)],
  ['address.suppressed', composing(addressSuppressed)],
  ['invitations.expired', composing(invitationsExpired)],
  ['residency.reported', composing(residencyReported)],
  ['secrets.due', composing(secretsDue)],
  ['share-links.digest', composing(shareLinksDigest)],
  ['share-links.expired', composing(shareLinksExpired)],
  ['webhooks.exhausted', composing(webhooksExhausted)],
]);

/** The same input gives the same bytes, so that a repeated idempotency key comes with the payload it had. */
export async function renderMail(
  kind: string,
  params: unknown,
  portalUrl: string,
): Promise<Rendering> {
  const compose = kinds.get(kind);
  if (compose === undefined) return { outcome: 'unknown-kind', fault: `No template for ${kind}.` };
  const composed = compose(params, portalUrl);
  if ('fault' in composed) return { outcome: 'unreadable-params', fault: composed.fault };

  const html = await render(composed.body);
  const text = toPlainText(html, {
    selectors: [{ selector: 'h1', options: { uppercase: false } }],
  });
  const { subject, attachments } = composed;
  return {
    outcome: 'rendered',
    mail: { subject, html, text, ...(attachments && { attachments }) },
  };
}

function composing<Schema extends z.ZodType>(template: Template<Schema>): Compose {
  return (params, portalUrl) => {
    const parsed = template.params.safeParse(params);
    // Names of fields and what was expected; never a value.
    if (!parsed.success) return { fault: parsed.error.issues.map(describe).join(' ') };
    return template.compose(parsed.data, { asset: (assetId) => assetLink(portalUrl, assetId) });
  };
}

function assetLink(portalUrl: string, assetId: string): string {
  return `${portalUrl.replace(/\/+$/, '')}/assets/${assetId}`;
}

function describe({ path, code }: z.core.$ZodIssue): string {
  return `${path.join('.') || 'params'}: ${code}.`;
}
