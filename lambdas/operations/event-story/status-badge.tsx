import type { Tone } from './event-story.ts';

const tones: Readonly<Record<string, Tone>> = {
  processed: 'good',
  succeeded: 'good',
  delivered: 'good',
  ready: 'good',
  sent: 'good',
  failed: 'bad',
  exhausted: 'bad',
  bounced: 'bad',
  complained: 'bad',
  'set-aside': 'bad',
  suppressed: 'warning',
  delayed: 'warning',
  cancelled: 'warning',
  waiting: 'warning',
  running: 'warning',
  pending: 'warning',
  requested: 'warning',
  processing: 'warning',
};

/** Shows a status as a word with a colour. Needs no script. */
export function StatusBadge({ status }: { readonly status: string }) {
  return <span className={`badge ${tones[status] ?? 'neutral'}`}>{status}</span>;
}
