import type pg from 'pg';

/** A fault of one event, whose processing Postgres then rejects. */
export interface EventFault {
  readonly source: string;
  readonly eventId: string;
  /** Number of attempts that fail; undefined if every attempt fails. */
  readonly fails: number | undefined;
}

/**
 * Rejects the ledger row of an event that was applied, so the whole transaction rolls back as after
 * a fault of the code. The row of a failure passes. The code XL001 belongs to no class of Postgres,
 * so the attempt is retried; 22023 is an error in the data, which ends the event at once.
 */
const INSTALL = `
  create schema if not exists rehearsal;
  create table if not exists rehearsal.event_faults (
    source text not null,
    event_id text not null,
    fails int,
    primary key (source, event_id)
  );
  create or replace function rehearsal.reject_event() returns trigger language plpgsql as $$
  declare
    fault rehearsal.event_faults;
    failed int;
  begin
    select * into fault from rehearsal.event_faults
     where source = new.source and event_id = new.event_id;
    if not found then return new; end if;
    if fault.fails is null then
      raise exception 'Rehearsal: every attempt of this event fails' using errcode = '22023';
    end if;
    select attempts into failed from portal.webhook_events
     where source = new.source and event_id = new.event_id;
    if coalesce(failed, 0) < fault.fails then
      raise exception 'Rehearsal: attempt % of % that fail', coalesce(failed, 0) + 1, fault.fails
        using errcode = 'XL001';
    end if;
    return new;
  end $$;
  create or replace trigger rehearsal_reject_event
    before insert on portal.webhook_events
    for each row when (new.status <> 'failed' and new.status <> 'exhausted')
    execute function rehearsal.reject_event()`;

const ADD = `
  insert into rehearsal.event_faults (source, event_id, fails)
  values ($1::text, $2::text, $3::int)
  on conflict (source, event_id) do update set fails = excluded.fails`;

const IS_INSTALLED = `select to_regclass('rehearsal.event_faults') is not null as installed`;

const LIST = 'select source, event_id from rehearsal.event_faults order by source, event_id';

const REMOVE = `
  drop trigger if exists rehearsal_reject_event on portal.webhook_events;
  drop schema if exists rehearsal cascade`;

/** Makes attempts of an event fail from now on. */
export async function addEventFault(
  pool: pg.Pool,
  { source, eventId, fails }: EventFault,
): Promise<void> {
  // One statement text is one transaction.
  await pool.query(INSTALL);
  await pool.query(ADD, [source, eventId, fails ?? null]);
}

/** Ends all faults, as the deploy of a corrected function does. @returns their events. */
export async function removeEventFaults(
  pool: pg.Pool,
): Promise<readonly Pick<EventFault, 'source' | 'eventId'>[]> {
  const { rows } = await pool.query<{ installed: boolean }>(IS_INSTALLED);
  if (!rows[0]?.installed) return [];
  const faults = await pool.query<{ source: string; event_id: string }>(LIST);
  await pool.query(REMOVE);
  return faults.rows.map(({ source, event_id: eventId }) => ({ source, eventId }));
}
