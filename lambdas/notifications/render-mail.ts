import { render, toPlainText } from '@react-email/render';
import type { z } from 'zod';
import { redactTexts } from '../platform/redaction/redact-texts.ts';
import { addressSuppressed } from './templates/address-suppressed.tsx';
import { assetCancelled } from './templates/asset-cancelled.tsx';
import { assetFailed } from './templates/asset-failed.tsx';
import { assetFailedAdmin } from './templates/asset-failed-admin.tsx';
import { assetReady } from './templates/asset-ready.tsx';
import { invitationsExpired } from './templates/invitations-expired.tsx';
import { portalLinks } from './templates/portal-links.ts';
import { residencyReported } from './templates/residency-reported.tsx';
import { secretsDue } from './templates/secrets-due.tsx';
import { shareLinksDigest } from './templates/share-links-digest.tsx';
import { shareLinksExpired } from './templates/share-links-expired.tsx';
import { shownParams } from './templates/shown-params.ts';
import type { Attachment, Mail, Template } from './templates/template.ts';
import { webhooksExhausted } from './templates/webhooks-exhausted.tsx';
import { webhooksWaiting } from './templates/webhooks-waiting.tsx';

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** Name of the list that a digest belongs to. */
  readonly list?: string;
}

export type Rendering =
  | { readonly outcome: 'rendered'; readonly mail: RenderedMail }
  | { readonly outcome: 'unknown-kind' | 'unreadable-params'; readonly fault: string };

type Compose = (params: unknown, portalUrl: string) => Mail | { readonly fault: string };

/** Mail composer of each notification kind. */
const composers: ReadonlyMap<string, Compose> = new Map([
  ['asset.ready', makeComposer(assetReady)],
  ['asset.cancelled', makeComposer(assetCancelled)],
  ['asset.failed', makeComposer(assetFailed)],
  ['asset.failed.admin', makeComposer(assetFailedAdmin)],
  ['address.suppressed', makeComposer(addressSuppressed)],
  ['invitations.expired', makeComposer(invitationsExpired)],
  ['residency.reported', makeComposer(residencyReported)],
  ['secrets.due', makeComposer(secretsDue)],
  ['share-links.digest', makeComposer(shareLinksDigest)],
  ['share-links.expired', makeComposer(shareLinksExpired)],
  ['webhooks.exhausted', makeComposer(webhooksExhausted)],
  ['webhooks.waiting', makeComposer(webhooksWaiting)],
]);

/** Kinds of notifications that have a template. */
export const mailKinds = (): readonly string[] => [...composers.keys()];

/** Options of html-to-text: tables of data as columns, and headings in their own case. */
const plainText: Parameters<typeof toPlainText>[1] = {
  selectors: [
    { selector: 'h1', options: { uppercase: false } },
    { selector: 'span.label', format: 'skip' },
    {
      selector: 'table.data',
      format: 'dataTable',
      options: { uppercaseHeaderCells: false, maxColumnWidth: 36, colSpacing: 2 },
    },
  ],
};

/** Returns the same bytes for the same input: Resend rejects a reused key with another payload. */
export async function renderMail(
  kind: string,
  params: unknown,
  portalUrl: string,
): Promise<Rendering> {
  const compose = composers.get(kind);
  if (compose === undefined) return { outcome: 'unknown-kind', fault: `No template for ${kind}.` };
  const composed = compose(params, portalUrl);
  if ('fault' in composed) return { outcome: 'unreadable-params', fault: composed.fault };

  const html = await render(composed.body);
  const { subject, attachments, list } = composed;
  return {
    outcome: 'rendered',
    mail: {
      subject,
      html,
      text: toPlainText(html, plainText),
      ...(attachments && { attachments }),
      ...(list && { list }),
    },
  };
}

function makeComposer<Schema extends z.ZodType>(template: Template<Schema>): Compose {
  return (params, portalUrl) => {
    const parsed = template.params.safeParse(params);
    // Lists field names and error codes, never values.
    if (!parsed.success) return { fault: parsed.error.issues.map(describe).join(' ') };
    const shown = redactTexts(parsed.data, shownParams);
    return template.compose(shown, portalLinks(portalUrl));
  };
}

function describe({ path, code }: z.core.$ZodIssue): string {
  return `${path.join('.') || 'params'}: ${code}.`;
}
