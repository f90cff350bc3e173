import { Resolver } from 'node:dns/promises';
import * as z from 'zod';
import type { MailRecords, ResendDomain } from '../checks/mail-checks.ts';

const TIMEOUT_MS = 10_000;

/** https://resend.com/docs/api-reference/domains/list-domains */
const domainPage = z.object({
  has_more: z.boolean().optional(),
  data: z.array(z.object({ id: z.string(), name: z.string(), status: z.string() })),
});

/** Largest page, so that hardly any account has a second one. */
const PAGE = 100;

/** Lists the domains of the account at Resend. @param key Needs full access. */
export async function readDomains(key: string): Promise<readonly ResendDomain[]> {
  const domains: ResendDomain[] = [];
  for (let after: string | undefined; ; ) {
    const { data, has_more: hasMore } = await readDomainPage(key, after);
    domains.push(...data.map(({ name, status }) => ({ name, status })));
    after = data.at(-1)?.id;
    if (hasMore !== true || after === undefined) return domains;
  }
}

async function readDomainPage(key: string, after: string | undefined) {
  const base = process.env['RESEND_BASE_URL'] ?? 'https://api.resend.com';
  const query = new URLSearchParams({ limit: String(PAGE), ...(after && { after }) });
  const response = await fetch(`${base}/domains?${query}`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok)
    throw new Error(
      `Resend answered ${response.status}; the secret resend/webhooks-api-key needs full access.`,
    );
  return domainPage.parse(await response.json());
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
