import { beforeAll, expect, test } from '@jest/globals';
import { detachAssets, mergeAssets, updateAssets } from '../../../lambdas/assets/assets.queries.ts';
import { lockAssets } from '../../../lambdas/assets/lock-assets.queries.ts';
import { findAssets } from '../../../lambdas/assets/search-assets.queries.ts';
import { findAdmins, findAdminsAndOwners } from '../../../lambdas/assets/users.queries.ts';
import { expireInvitations } from '../../../lambdas/invitations/invitations.queries.ts';
import {
  lockMails,
  updateDeliveries,
} from '../../../lambdas/notifications/email-deliveries.queries.ts';
import {
  liftSuppression,
  lockAddresses,
  updateAddresses,
} from '../../../lambdas/notifications/email-suppressions.queries.ts';
import {
  abandonMails,
  findMailRequest,
  findMailStatuses,
} from '../../../lambdas/notifications/notifications.queries.ts';
import {
  leaseDueEntries,
  markResult,
  OUTBOX_START,
} from '../../../lambdas/outbox/outbox.queries.ts';
import { retryRejected } from '../../../lambdas/outbox/outbox-commands.queries.ts';
import type { Queryable } from '../../../lambdas/platform/postgres/database.ts';
import { type Prunable, pruneChunk } from '../../../lambdas/retention/prune.queries.ts';
import { expireChunk, START } from '../../../lambdas/share-links/expire-share-links.queries.ts';
import { lockUnmailedExpiries } from '../../../lambdas/share-links/share-link-expiries.queries.ts';
import {
  cancelTimedOutUploads,
  removeExpiredPlaybackUrls,
} from '../../../lambdas/uploads/timed-out-uploads.queries.ts';
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
import { recordFailed, recordProcessed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { explain, type PlanMode } from '../../support/query-plans/explain.ts';
import {
  assetId,
  fillTables,
  notificationId,
  outboxId,
} from '../../support/query-plans/generated-tables.ts';
import { aFailedEntry } from '../../support/webhooks/ledger.ts';

const database = useDatabase({ connections: 2 });
const now = new Date('2026-03-01T12:00:00Z');

beforeAll(() => fillTables(database.pool), 120_000);

interface Case {
  readonly name: string;
  readonly run: (db: Queryable) => Promise<unknown>;
}

const asset = (n: number) => ({
  portalId: null,
  assetId: `asset-${n}`,
  uploadId: `upload-${n}`,
});
const unknownAsset = { portalId: null, assetId: 'unknown', uploadId: 'unknown' };
const event = (n: number) => ({ ...aFailedEntry(`event-${n}`), source: 'mux' });
const processed = { ...event(7), status: 'processed' as const, effects: {} };

/** Statements of processors, whose connections prepare them with a generic plan. */
const ofProcessors: readonly Case[] = [
  { name: 'lock known assets', run: (db) => lockAssets(db, [asset(7), asset(8)], now) },
  { name: 'lock an unknown asset', run: (db) => lockAssets(db, [unknownAsset], now) },
  {
    name: 'update assets',
    run: async (db) => updateAssets(db, await lockAssets(db, [asset(7)], now), now),
  },
  {
    name: 'merge two asset rows',
    run: (db) => mergeAssets(db, [{ fromId: assetId(7), intoId: assetId(8) }]),
  },
  {
    name: 'detach an asset',
    run: (db) =>
      detachAssets(
        db,
        [{ fromId: assetId(7), toId: assetId(8), muxAssetId: 'asset-7', muxUploadId: 'upload-7' }],
        now,
      ),
  },
  { name: 'find admins and owners', run: (db) => findAdminsAndOwners(db, [asset(7)]) },
  {
    name: 'lock mails',
    run: (db) => lockMails(db, [{ notificationId: notificationId(7), emailId: 'mail-7' }]),
  },
  {
    name: 'update deliveries',
    run: (db) =>
      updateDeliveries(db, [
        {
          notificationId: notificationId(7),
          emailId: 'mail-7',
          status: 'delivered',
          isSoft: false,
          at: now,
          eventId: 'event',
          reason: null,
        },
      ]),
  },
  {
    name: 'lock addresses',
    run: (db) => lockAddresses(db, ['user7@example.org']),
  },
  {
    name: 'update addresses',
    run: async (db) => updateAddresses(db, await lockAddresses(db, ['user7@example.org']), []),
  },
  { name: 'record a processed event', run: (db) => recordProcessed(db, [processed], now) },
  { name: 'record a failed event', run: (db) => recordFailed(db, event(7), now) },
  {
    name: 'mark published and failed domain events',
    run: (db) =>
      markResult(
        db,
        {
          published: [outboxId(20)],
          failed: [{ id: outboxId(40), kind: 'rejected', error: 'InvalidArgument' }],
        },
        now,
      ),
  },
];

const replay = { ...event(7), replay: 'replay-7' };

const prunables: readonly Prunable[] = [
  'webhookBodies',
  'webhookEvents',
  'idempotencyRecords',
  'outboxEntries',
  'jobRuns',
  'shareLinkExpiries',
];

/** Statements of jobs, operator commands and the sender. */
const ofJobs: readonly Case[] = [
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
    run: (db) =>
      cancelTimedOutUploads(
        db,
        { createdBefore: now, uploadSeconds: 3_600, reason: 'late', limit: 100 },
        now,
      ),
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

async function expectIndexes({ run }: Case, modes: readonly PlanMode[]) {
  const { reads, statements } = await explain(database.pool, modes, run);

  expect(statements).toBeGreaterThan(0);
  expect(reads).toEqual([]);
}

test.each(ofProcessors)('processor: $name uses an index', (one) =>
  expectIndexes(one, ['generic', 'custom']),
);

test.each(ofJobs)('job or command: $name uses an index', (one) => expectIndexes(one, ['custom']));

test('finds a statement that reads a whole table', async () => {
  const { reads } = await explain(database.pool, ['custom', 'generic'], (db) =>
    db.query('select id from portal.outbox where id::text = $1::text', [outboxId(7)]),
  );

  expect(reads.map(({ mode }) => mode)).toEqual(['custom', 'generic']);
});
