import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';

/** How far the comparison with one provider has come. */
export interface Progress {
  /** Everything that the provider recorded until this time was compared. */
  readonly agreedUntil: Date | null;
  /** Position of an unfinished pass, in the form of the provider's reconciler. */
  readonly pass: unknown;
}

export interface Hold {
  readonly provider: string;
  /** Identifies the run. A retry of a killed run has the same holder and continues at once. */
  readonly holder: string;
}

export interface HeldProgress extends Progress {
  /** Time before which the provider accepts no request. */
  readonly notBefore: Date | null;
}

const HOLD = `
  insert into portal.reconciliations as known
    (provider, holder, held_until, compared_at, updated_at)
  values ($1::text, $2::text, $4::timestamptz, null, $3::timestamptz)
  on conflict (provider) do update
     set holder = excluded.holder, held_until = excluded.held_until,
         updated_at = excluded.updated_at
   where known.holder is null or known.holder = excluded.holder
      or known.held_until < $3::timestamptz
  returning agreed_until as "agreedUntil", pass, not_before as "notBefore"`;

/** @returns undefined if another run holds the provider. */
export async function holdProvider(
  db: Queryable,
  { provider, holder }: Hold,
  now: Date,
  until: Date,
): Promise<HeldProgress | undefined> {
  const { rows } = await db.query<HeldProgress & Record<string, unknown>>(HOLD, [
    provider,
    holder,
    now,
    until,
  ]);
  return rows[0];
}

const SAVE = `
  update portal.reconciliations
     set agreed_until = $3::timestamptz, pass = $4::jsonb, compared_at = $5::timestamptz,
         updated_at = $5::timestamptz
   where provider = $1::text and holder = $2::text`;

/** Writes nothing if another run took over meanwhile. */
export async function saveProgress(
  db: Queryable,
  { provider, holder }: Hold,
  { agreedUntil, pass }: Progress,
  now: Date,
): Promise<void> {
  const position = pass === null || pass === undefined ? null : jsonParameter(pass);
  await db.query(SAVE, [provider, holder, agreedUntil, position, now]);
}

const RELEASE = `
  update portal.reconciliations
     set holder = null, held_until = null, not_before = $3::timestamptz,
         updated_at = $4::timestamptz
   where provider = $1::text and holder = $2::text`;

/** @param notBefore Time before which the provider accepts no request; null if it is open. */
export async function releaseProvider(
  db: Queryable,
  { provider, holder }: Hold,
  notBefore: Date | null,
  now: Date,
): Promise<void> {
  await db.query(RELEASE, [provider, holder, notBefore, now]);
}
