import { ageMs } from '../../platform/age.ts';
import { shellQuote } from '../../platform/shell-quote.ts';
import type { UnappliedEvent } from '../failed-events.queries.ts';
import type { ErrorGroup } from './group-by-error.ts';

export const listCommand = (stage: string): string =>
  `npm run ops -- events list --status exhausted --stage ${stage}`;

/** An event whose replay failed may be applied; a replay then needs its status. */
export const replayCommand = ({ source, eventId, replay }: UnappliedEvent, stage: string): string =>
  [
    `npm run ops -- events replay --provider ${shellQuote(source)}`,
    `--event ${shellQuote(eventId)}${replay ? ' --status processed' : ''} --stage ${stage}`,
  ].join(' ');

/** Replays all events of one provider that ended with the same error. */
export const replayGroupCommand = ({ source, errorCode }: ErrorGroup, stage: string): string =>
  [
    `npm run ops -- events replay --provider ${shellQuote(source)} --status exhausted`,
    ...(errorCode === null ? [] : [`--code ${shellQuote(errorCode)}`]),
    `--reason ${shellQuote('The cause is fixed')} --stage ${stage}`,
  ].join(' ');

export const describeError = ({
  errorCode,
  errorMessage,
}: Pick<UnappliedEvent, 'errorCode' | 'errorMessage'>): string =>
  [errorCode ?? 'unknown', (errorMessage ?? '').split('\n')[0]?.slice(0, 200)]
    .filter(Boolean)
    .join(': ');

export function describeAge(receivedAt: Date, now: Date): string {
  const minutes = Math.floor(ageMs(receivedAt, now) / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 1_440)} days`;
}
