import { Resend } from 'resend';
import * as z from 'zod';
import { canonicalAddress } from '../../notifications/email-address.ts';
import type { SuppressionReason } from '../../notifications/email-suppressions.queries.ts';
import { dataOf } from '../../platform/resend-response.ts';
import { storableText } from '../../platform/storable-text.ts';
import { reasonOfOrigin } from './events.ts';

/** One address on Resend's suppression list. */
export interface ListedAddress {
  readonly address: string;
  readonly reason: SuppressionReason;
}

/**
 * Suppression list of the account at Resend. Resend adds an address after its first hard bounce or
 * complaint: https://resend.com/docs/webhooks/suppressions/added
 */
export interface ResendSuppressions {
  /** Reads the whole list, page by page. */
  list(): Promise<readonly ListedAddress[]>;
  remove(address: string): Promise<'removed' | 'not-listed'>;
}

export interface ResendSuppressionsDeps {
  /** Returns a key with full access; Resend rejects a key with sending access. */
  readonly apiKey: () => Promise<string>;
  readonly timeoutMs?: number;
}

const PAGE_SIZE = 100;

const suppressionPage = z.object({
  data: z.array(z.object({ id: z.string().min(1), email: z.string(), origin: z.string() })),
  has_more: z.boolean(),
});
const removal = z.object({ deleted: z.boolean() });

/** @throws an error whose message an operator may see. */
export function openResendSuppressions({
  apiKey,
  timeoutMs = 8_000,
}: ResendSuppressionsDeps): ResendSuppressions {
  const options = () => ({ signal: AbortSignal.timeout(timeoutMs) });
  const open = async () => new Resend(await apiKey()).suppressions;
  return {
    async list() {
      const suppressions = await open();
      const listed = new Map<string, ListedAddress>();
      for (let after: string | undefined; ; ) {
        const page = { limit: PAGE_SIZE, ...(after !== undefined && { after }) };
        const response = await suppressions.list(page, options());
        const { data, has_more: hasMore } = dataOf('list suppressions', suppressionPage, response);
        for (const { email, origin } of data) {
          const address = canonicalAddress(storableText(email));
          listed.set(address, { address, reason: reasonOfOrigin(origin) });
        }
        after = data.at(-1)?.id;
        if (!hasMore || after === undefined) return [...listed.values()];
      }
    },

    async remove(address) {
      const response = await (await open()).remove(address, options());
      if (response.error?.statusCode === 404) return 'not-listed';
      const { deleted } = dataOf('remove a suppression', removal, response);
      return deleted ? 'removed' : 'not-listed';
    },
  };
}
