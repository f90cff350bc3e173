import {
  type InvitationLine,
  listInvitations,
  type ReissuedInvitation,
  reissueInvitation,
} from '../invitations/invitations.queries.ts';
import { findLatestRuns, type LatestRun } from '../jobs/job-runs.queries.ts';
import {
  liftSuppression,
  listSuppressions,
  type Suppression,
} from '../notifications/email-suppressions.queries.ts';
import type { Clock } from '../platform/clock.ts';
import type { GetPool } from '../platform/postgres/idempotency.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { findReports, type ReportRecord } from '../residency/residency-reports.queries.ts';
import { type EventStory, findEventStory } from '../webhooks/event-details.queries.ts';
import {
  countEvents,
  type EventFilter,
  type EventLine,
  listEvents,
  markReplayed,
  type ReplayedEvent,
} from '../webhooks/event-search.queries.ts';
import { makeRedriveStore, type RedriveStore } from '../webhooks/retry/retry-store.ts';
import { type OperatorAction, recordAction } from './audit-log.queries.ts';

export interface Page {
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** What operators' commands do to Postgres. */
export interface OperationsStore
  extends Pick<RedriveStore, 'findStanding' | 'countRedrives' | 'exhaust'> {
  listEvents(filter: EventFilter, page: Page): Promise<readonly EventLine[]>;
  countEvents(filter: EventFilter): Promise<number>;
  findEventStory(key: {
    readonly provider: string;
    readonly event: string;
  }): Promise<EventStory | undefined>;
  /** @param send When it fails for one, none of the page counts as replayed. */
  replay(
    filter: EventFilter,
    page: Page,
    send: (event: ReplayedEvent) => Promise<void>,
  ): Promise<readonly ReplayedEvent[]>;
  findLatestRuns(): Promise<readonly LatestRun[]>;
  listInvitations(
    status: InvitationLine['status'],
    limit: number,
  ): Promise<readonly InvitationLine[]>;
  reissueInvitation(id: string): Promise<ReissuedInvitation | undefined>;
  listSuppressions(limit: number): Promise<readonly Suppression[]>;
  liftSuppression(address: string, operator: string): Promise<Suppression | undefined>;
  findReports(): Promise<readonly ReportRecord[]>;
  recordAction(action: OperatorAction): Promise<void>;
}

export function makeOperationsStore(pool: GetPool, now: Clock): OperationsStore {
  const { findStanding, countRedrives, exhaust } = makeRedriveStore(pool, now);
  return {
    ...{ findStanding, countRedrives, exhaust },
    listEvents: async (filter, page) => listEvents(await pool(), filter, page),
    countEvents: async (filter) => countEvents(await pool(), filter),
    findEventStory: async (key) => findEventStory(await pool(), key),
    async replay(filter, page, send) {
      return inTransaction(await pool(), async (tx) => {
        const events = await markReplayed(tx, filter, page, now());
        await Promise.all(events.map(send));
        return events;
      });
    },
    findLatestRuns: async () => findLatestRuns(await pool()),
    listInvitations: async (status, limit) => listInvitations(await pool(), status, limit),
    reissueInvitation: async (id) => reissueInvitation(await pool(), id, now()),
    listSuppressions: async (limit) => listSuppressions(await pool(), limit),
    liftSuppression: async (address, operator) =>
      liftSuppression(await pool(), address, operator, now()),
    findReports: async () => findReports(await pool()),
    recordAction: async (action) => recordAction(await pool(), action),
  };
}
