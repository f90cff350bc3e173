import { Resolver } from 'node:dns/promises';
import * as z from 'zod';
import type { MailRecords, ResendDomain } from '../checks/mail-checks.ts';

const TIMEOUT_MS = 10_000;

const domainList = z.object({
  data: z.array(z.object({ name: z.string(), status: z.string() })),
});

/** Lists the domains of the account at Resend. @param key Needs full access. */
export async function readDomains(key: string): Promise<readonly ResendDomain[]> {
  const base = process.env['RESEND_BASE_URL'] ?? 'https://api.resend.com';
  const response = await fetch(`${base}/domains`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok)
    throw new Error(
      `Resend answered ${response.status}; the secret resend/webhooks-api-key needs full access.`,
    );
  return domainList.parse(await response.json()).data;
}

/** Reads the TXT records of a sending domain. */
export async function readMailRecords(domain: string): Promise<MailRecords> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  const read = async (name: string): Promise<readonly string[]> => {
    try {
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
    } catch (error) {
      if (/ENOTFOUND|ENODATA/.test(String((error as { code?: unknown }).code))) return [];
      throw error;
    }
  };
  // A policy applies to the domains below it, down to a registrable domain of two labels.
  const labels = domain.split('.');
  const above = labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
  const [spf, dkim, ...dmarc] = await Promise.all([
    read(`send.${domain}`),
    read(`resend._domainkey.${domain}`),
    ...above.map((name) => read(`_dmarc.${name}`)),
  ]);
  return { spf: spf ?? [], dkim: dkim ?? [], dmarc: dmarc.flat() };
}
