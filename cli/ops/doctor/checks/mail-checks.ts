import { type Finding, ok, problem } from '../finding.ts';

/** Returns the domain of `Name <address>` or of a plain address. */
export const domainOf = (mailFrom: string): string =>
  /@([^\s<>@]+)>?$/.exec(mailFrom)?.[1]?.toLowerCase() ?? mailFrom;

/** A domain as Resend lists it. */
export interface ResendDomain {
  readonly name: string;
  readonly status: string;
}

/** Checks that Resend accepts mails from exactly this domain. */
export function checkSenderDomain(domain: string, listed: readonly ResendDomain[]): Finding {
  const check = 'sending domain';
  const found = listed.find(({ name }) => name === domain);
  const add = 'Add it at https://resend.com/domains and create the DNS records that Resend lists';
  if (found === undefined)
    return problem(check, `Resend does not know ${domain}, the domain of mailFrom.`, add);
  return found.status === 'verified'
    ? ok(check, `Resend has verified ${domain}.`)
    : problem(
        check,
        `Resend lists ${domain} as ${found.status}.`,
        'Create the DNS records that https://resend.com/domains lists, then press Verify there',
      );
}

/** TXT records of the sending domain, by name. */
export interface MailRecords {
  readonly spf: readonly string[];
  readonly dkim: readonly string[];
  readonly dmarc: readonly string[];
}

/** Checks the DNS records without which mails are rejected or treated as spam. */
export function checkMailRecords(domain: string, records: MailRecords): readonly Finding[] {
  const spf = records.spf.find((text) => /^v=spf1\b.*\binclude:\S*amazonses\.com\b/i.test(text));
  const dkim = records.dkim.find((text) => /(?:^|;)\s*p=[\w+/]/.test(text));
  const dmarc = records.dmarc.find((text) => /^v=DMARC1\s*;/i.test(text));
  return [
    spf === undefined
      ? problem(
          'DNS: SPF',
          `send.${domain} has no SPF record that allows Resend's servers.`,
          `Create TXT send.${domain} "v=spf1 include:amazonses.com ~all"`,
        )
      : ok('DNS: SPF', spf),
    dkim === undefined
      ? problem(
          'DNS: DKIM',
          `resend._domainkey.${domain} has no key.`,
          `Create TXT resend._domainkey.${domain} with the value that https://resend.com/domains lists`,
        )
      : ok('DNS: DKIM', `resend._domainkey.${domain} has a key.`),
    dmarc === undefined
      ? problem(
          'DNS: DMARC',
          `Neither _dmarc.${domain} nor a domain above it has a policy.`,
          `Create TXT _dmarc.${domain} "v=DMARC1; p=none; rua=mailto:<address>"`,
        )
      : ok('DNS: DMARC', dmarc),
  ];
}
