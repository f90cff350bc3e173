import type { PersonalPlaceName } from './personal-places.ts';

/**
 * `none`: names no person. `member`: id of an account, which names nobody once the account is
 * deleted. Otherwise the place of personal-places.ts that the column belongs to.
 */
export type ColumnClass = 'none' | 'member' | PersonalPlaceName;

type Columns = Readonly<Record<string, ColumnClass>>;

/** @param names Names of columns, separated by spaces. */
const all = (place: ColumnClass, ...names: readonly string[]): Columns =>
  Object.fromEntries(
    names.flatMap((text) => text.split(' ')).map((name) => [name, place] as const),
  );

const none = (...names: readonly string[]): Columns => all('none', ...names);

/** Classifies every column of every table. A test compares the list with migrations/schema.sql. */
export const personalColumns: Readonly<Record<string, Columns>> = {
  asset_events: none(
    'id asset_id source event_id type from_status to_status applied occurred_at recorded_at',
  ),
  assets: {
    ...none(
      'id status status_at status_event_id mux_upload_id mux_asset_id duration_seconds',
      'aspect_ratio ready_at ready_event_id failed_at failed_event_id created_at updated_at bytes',
      'storage_provider storage_region binding bound_at bound_event_id ready_announced_at',
      'end_announced_at upload_expires_at',
    ),
    owner_id: 'member',
    ...all('videos', 'title failure_reason'),
    ...all('playback', 'playback_id playback_policy playback_url playback_url_expires_at'),
  },
  command_leases: { ...none('name token taken_at expires_at'), holder: 'leases' },
  email_incidents: {
    ...none('source event_id kind occurred_at recorded_at'),
    ...all('incidents', 'address reason'),
  },
  email_suppressions: {
    ...none('suppressed reason since source event_id lifted_at origin listed listed_at'),
    ...all('suppressions', 'address lifted_by'),
  },
  idempotency_records: {
    ...none('id status expiry in_progress_expiry payload_hash'),
    response: 'responses',
  },
  invitations: {
    ...none('id role status issued_at accepted_at expired_at created_at'),
    email: 'invitations',
    invited_by: 'member',
  },
  job_runs: {
    ...none('id job scheduled_at status attempts started_at finished_at counts invocation_id'),
    ...all('runs', 'started_by error'),
  },
  mail_pace: none('id next_slot requests_per_second limited_at'),
  missed_events: none(
    'provider event_id type occurred_at found_at recovery attempts attempted_at recovered_at',
    'counted_at',
  ),
  notifications: {
    ...none(
      'id kind source event_id asset_id read_at mail_status mail_attempts mail_first_try',
      'resend_email_id sent_at created_at delivery_status delivery_at delivery_event_id',
      'mail_requested_at mail_resends delivery_is_soft',
    ),
    user_id: 'member',
    ...all('notifications', 'recipient params mail_error delivery_reason sent_to'),
  },
  operator_actions: {
    ...none('id at command request_id position previous_hash hash'),
    ...all('audit', 'operator reason arguments result'),
  },
  outbox: {
    ...none(
      'id type created_at published_at attempts last_error rejections next_attempt_at set_aside_at',
    ),
    detail: 'outbox',
  },
  reconciliations: none(
    'provider agreed_until pass not_before holder held_until compared_at updated_at',
  ),
  region_declarations: {
    ...none('id declaration declared_at provider asset_id region document'),
    ...all('declarations', 'operator reason'),
  },
  residency_reports: none(
    'id sequence week generated_at bucket files sha256 previous_sha256 assets violations',
    'signature key_id not_established',
  ),
  share_link_expiries: {
    ...none('run_at links part mailed_at'),
    owner_id: 'member',
    listed: 'expiries',
  },
  share_link_tokens: {
    ...none('id share_link_id revoked_at created_at'),
    token_hash: 'shareLinks',
  },
  share_links: {
    ...none('id asset_id status expires_at expired_at revoked_at created_at'),
    owner_id: 'member',
    label: 'shareLinks',
  },
  users: { ...none('role created_at'), id: 'member', ...all('accounts', 'email name') },
  webhook_events: {
    ...none(
      'id source event_id type status received_at processed_at attempts redrives error_code',
      'effects created_at updated_at replays escalated_at origin',
    ),
    body: 'bodies',
    ...all('events', 'error_message history'),
  },
  webhook_replays: {
    ...none(
      'source event_id replay status requested_at processed_at attempts redrives error_code',
      'effects escalated_at updated_at',
    ),
    ...all('events', 'error_message history'),
  },
};
