import { detachAssets, mergeAssets, updateAssets } from '../../../lambdas/assets/assets.queries.ts';
import { lockAssets } from '../../../lambdas/assets/lock-assets.queries.ts';
import { findAdminsAndOwners } from '../../../lambdas/assets/users.queries.ts';
import {
  lockMails,
  updateDeliveries,
} from '../../../lambdas/notifications/email-deliveries.queries.ts';
import {
  lockAddresses,
  updateAddresses,
} from '../../../lambdas/notifications/email-suppressions.queries.ts';
import { markResult } from '../../../lambdas/outbox/outbox.queries.ts';
import type { Queryable } from '../../../lambdas/platform/postgres/database.ts';
import { recordFailed, recordProcessed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { aFailedEntry } from '../webhooks/ledger.ts';
import { assetId, notificationId, outboxId } from './generated-tables.ts';

const now = new Date('2026-03-01T12:00:00Z');

export interface StatementCase {
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
export const ofProcessors: readonly StatementCase[] = [
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
