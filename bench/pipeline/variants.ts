import { redisServer } from './redis.ts';

export type SliceName = 'saturated' | 'saturated public' | 'steady';

export interface Variant {
  /** Under variants/. */
  readonly source: string;
  readonly what: string;
  readonly slices: readonly SliceName[];
  /** Deliveries a second, far above what it can accept. */
  readonly upTo: number;
  /** The receiver does everything. */
  readonly isAlone?: true;
  readonly backing?: 'sqs' | 'redis';
  /** Tables of its own. */
  readonly tables?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const saturated = ['saturated', 'saturated public'] as const;
const everything = [...saturated, 'steady'] as const;

export type VariantName =
  | 'ours'
  | 'naive'
  | 'direct'
  | 'graphile-worker'
  | 'graphile-worker batched'
  | 'pg-boss'
  | 'pg-boss notified'
  | 'bullmq';

const all: Readonly<Record<VariantName, Variant>> = {
  ours: {
    ...{ source: 'lambda.ts', slices: everything, backing: 'sqs', upTo: 6_000 },
    ...{ what: 'ours', environment: { PROCESSORS: '2' } },
  },
  direct: {
    ...{ source: 'direct.ts', slices: everything, isAlone: true, upTo: 4_000 },
    what: 'direct',
  },
  naive: {
    ...{ source: 'lambda.ts', slices: everything, backing: 'sqs', upTo: 3_000 },
    ...{ what: 'naive', environment: { PROCESSORS: '8' } },
  },
  'graphile-worker': {
    ...{ source: 'graphile-worker.ts', slices: everything, upTo: 3_000 },
    ...{ what: 'graphile-worker', tables: 'graphile_worker._private_jobs' },
  },
  'graphile-worker batched': {
    ...{ source: 'graphile-worker.ts', slices: everything, upTo: 3_000 },
    ...{ what: 'graphile-worker, batched', tables: 'graphile_worker._private_jobs' },
    environment: { GRAPHILE_WORKER_BATCHES: 'true' },
  },
  'pg-boss': {
    ...{ source: 'pg-boss.ts', slices: saturated, upTo: 3_000 },
    ...{ what: 'pg-boss, polling', tables: 'pgboss.job' },
  },
  'pg-boss notified': {
    ...{
      source: 'pg-boss.ts',
      slices: ['steady'],
      upTo: 3_000,
      environment: { PG_BOSS_NOTIFY: 'true' },
    },
    ...{ what: 'pg-boss, notified', tables: 'pgboss.job' },
  },
  bullmq: {
    ...{ source: 'bullmq.ts', slices: everything, backing: 'redis', upTo: 5_000 },
    what: 'BullMQ',
  },
};

/** Those that can run on this machine, in the order in which a round takes them. */
export const variants: ReadonlyMap<VariantName, Variant> = new Map(
  (Object.entries(all) as [VariantName, Variant][]).filter(
    ([, { backing }]) => backing !== 'redis' || redisServer !== undefined,
  ),
);
