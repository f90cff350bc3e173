import { findAssets } from '../../../lambdas/assets/search-assets.queries.ts';
import { findAdmins } from '../../../lambdas/assets/users.queries.ts';
import { expireInvitations } from '../../../lambdas/invitations/invitations.queries.ts';
import { liftSuppression } from '../../../lambdas/notifications/email-suppressions.queries.ts';
import {
  abandonMails,
  findMailRequest,
  findMailStatuses,
} from '../../../lambdas/notifications/notifications.queries.ts';
import { leaseDueEntries, OUTBOX_START } from '../../../lambdas/outbox/outbox.queries.ts';
import { retryRejected } from '../../../lambdas/outbox/outbox-commands.queries.ts';
import type { Queryable } from '../../../lambdas/platform/postgres/database.ts';
import { type Prunable, pruneChunk } from '../../../lambdas/retention/prune.queries.ts';
import { expireChunk, START } from '../../../lambdas/share-links/expire-share-links.queries.ts';
import { lockUnmailedExpiries } from '../../../lambdas/share-links/share-link-expiries.queries.ts';
import {
  cancelTimedOutUploads,
  removeExpiredPlaybackUrls,
} from '../../../lambdas/uploads/timed-out-uploads.queries.ts';
import { closeEvents } from '../../../lambdas/webhooks/close-events.queries.ts';
import { findEventDetails } from '../../../lambdas/webhooks/event-details.queries.ts';
import { markReplayed } from '../../../lambdas/webhooks/event-search.queries.ts';
import {
  countRedrives,
  exhaust,
  findEventStatuses,
  lockOrphans,
  uncountRedrives,
} from '../../../lambdas/webhooks/failed-events.queries.ts';
import {
  findReportedCodes,
  lockUnescalated,
  lockUnreportedWaiting,
  markEscalated,
  markWaiting,
} from '../../../lambdas/webhooks/reported-events.queries.ts';
import { aFailedEntry } from '../webhooks/ledger.ts';
import { notificationId } from './generated-tables.ts';

import type { StatementCase } from './processor-statements.ts';

const now = new Date('2026-03-01T12:00:00Z');

const _asset = (n: number) => ({
  portalId: null,
  assetId: `asset-${n}`,
  uploadId: `upload-${n}`,
});
const event = (n: number) => ({ ...aFailedEntry(`event-${n}`), source: 'mux' });

const replay = { ...event(7), replay: 'replay-7' };

const open = ['failed', 'exhausted'];

const closing = { limit: 10, now, operator: 'arn:operator', reason: 'a reason' };

const prunables: readonly Prunable[] = [
  'webhookBodies',
  'webhookEvents',
  'idempotencyRecords',
  'outboxEntries',
  'jobRuns',
  'shareLinkExpiries',
  'notifications',
  'mailIncidents',
  'invitations',
  'shareLinks',
  'videoTexts',
];

/** Statements of jobs, operator commands and the sender. */
export const ofJobs: readonly StatementCase[] = [
  { name: 'find admins', run: findAdmins },
  { name: 'find event statuses', run: (db) => findEventStatuses(db, [event(7)]) },
  { name: 'count redrives', run: (db) => countRedrives(db, [event(7)], now) },
  { name: 'exhaust events', run: (db) => exhaust(db, [event(7)], now) },
  {
    name: 'lock orphans',
    run: (db) => lockOrphans(db, { updatedBefore: now, limit: 10, sources: ['mux'] }),
  },
  { name: 'lock unescalated events', run: (db) => lockUnescalated(db, 10) },
  { name: 'mark escalated events', run: (db) => markEscalated(db, [event(7)], now) },
  { name: 'take back redrives', run: (db) => uncountRedrives(db, [event(7), replay], now) },
  { name: 'count redrives of replays', run: (db) => countRedrives(db, [replay], now) },
  { name: 'find statuses of replays', run: (db) => findEventStatuses(db, [replay]) },
  { name: 'exhaust replays', run: (db) => exhaust(db, [replay], now) },
  { name: 'lock unreported waiting events', run: (db) => lockUnreportedWaiting(db, 10, 5) },
  { name: 'find reported codes', run: findReportedCodes },
  { name: 'mark waiting events', run: (db) => markWaiting(db, [event(7), replay], now) },
  {
    name: 'lease due domain events',
    run: (db) => leaseDueEntries(db, { createdBefore: now, after: OUTBOX_START, limit: 100 }, now),
  },
  {
    name: 'retry rejected domain events',
    run: (db) => retryRejected(db, { entry: undefined, type: undefined }, 10),
  },
  {
    name: 'show an event',
    run: (db) => findEventDetails(db, { provider: 'mux', event: 'event-7' }),
  },
  {
    name: 'replay one event',
    run: (db) =>
      markReplayed(
        db,
        { provider: 'mux', event: 'event-7', statuses: ['failed', 'exhausted'] },
        { cursor: undefined, limit: 10 },
        { now, makeReplay: () => 'replay' },
      ),
  },
  {
    name: 'replay failed and exhausted events',
    run: (db) =>
      markReplayed(
        db,
        { statuses: ['failed', 'exhausted'], code: '23505' },
        { cursor: undefined, limit: 10 },
        { now, makeReplay: () => 'replay' },
      ),
  },
  {
    name: 'close an event',
    run: (db) => closeEvents(db, { provider: 'mux', event: 'event-7', statuses: open }, closing),
  },
  {
    name: 'close failed and exhausted events',
    run: (db) => closeEvents(db, { code: 'E1', statuses: open }, closing),
  },
  { name: 'find a mail request', run: (db) => findMailRequest(db, notificationId(7)) },
  { name: 'find mail statuses', run: (db) => findMailStatuses(db, [notificationId(7)]) },
  { name: 'abandon mails', run: (db) => abandonMails(db, [notificationId(7)]) },
  {
    name: 'lift a suppression',
    run: (db) =>
      liftSuppression(db, {
        address: 'user7@example.org',
        by: 'operator',
        at: now,
        wasListed: true,
      }),
  },
  {
    name: 'cancel timed out uploads',
    run: (db) => cancelTimedOutUploads(db, { expiredBefore: now, reason: 'late', limit: 100 }, now),
  },
  {
    name: 'remove expired playback URLs',
    run: (db) => removeExpiredPlaybackUrls(db, now, 100),
  },
  { name: 'find assets', run: (db) => findAssets(db, 'asset-7') },
  {
    name: 'expire invitations',
    run: (db) => expireInvitations(db, { issuedBefore: now, limit: 100 }, now),
  },
  {
    name: 'expire share links',
    run: (db) =>
      expireChunk(db, { scheduledAt: now, after: START, seedLinks: 10, limit: 100, now }),
  },
  {
    name: 'lock unmailed expiries',
    run: (db) =>
      lockUnmailedExpiries(db, {
        scheduledAt: now,
        job: 'expire-share-links',
        runningSince: now,
        limit: 10,
      }),
  },
  ...prunables.map((kind) => ({
    name: `prune ${kind}`,
    run: (db: Queryable) => pruneChunk(db, kind, new Date('2026-01-02T00:00:00Z'), 100),
  })),
];
