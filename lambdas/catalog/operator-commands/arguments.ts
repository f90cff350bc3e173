import * as z from 'zod';
import { providers } from '../providers.ts';

export const time = z.iso.datetime({
  offset: true,
  error: 'expected a time such as 2026-03-01T09:00:00Z, or an age such as 2h or 7d',
});
export const provider = z.enum(providers);
export const onlyProvider = provider.optional().describe('Only this provider');
export const limit = (max: number) => z.coerce.number().int().min(1).max(max);
/** Position at which the previous page ended. */
export const cursor = z.string().regex(/^\d+$/);

export const eventFilter = {
  provider: onlyProvider,
  type: z.string().min(1).optional().describe('Only this event type, e.g. video.asset.ready'),
  since: time
    .optional()
    .describe('Only events received at or after this time; 2h means 2 hours ago, 7d 7 days ago'),
  until: time.optional().describe('Only events received before this time'),
  code: z.string().min(1).optional().describe('Only events with this error code'),
};
export const outboxId = z.uuid('expected the id of a domain event');
export const outboxType = z.string().optional().describe('Only this type, e.g. asset.failed');
export const requiredReason = z
  .string()
  .trim()
  .min(5)
  .max(500)
  .describe('Reason, for the audit log');
export const reason = requiredReason.optional().describe('Reason, for the audit log');
export const dryRun = z
  .boolean()
  .default(false)
  .describe('Show what the command would do; change nothing');
