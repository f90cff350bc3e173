import { type Finding, ok, problem } from '../finding.ts';

/** Result of a connection with a verified certificate. */
export type DatabaseRead =
  | { readonly outcome: 'connected'; readonly version: number; readonly mayCreate: boolean }
  | { readonly outcome: 'failed'; readonly code: string };

const causes: readonly (readonly [RegExp, string])[] = [
  [/ENOTFOUND|EAI_AGAIN/, 'The host does not exist: correct the URL in the secret'],
  [
    /ECONNREFUSED|ETIMEDOUT|TIMEOUT|EHOSTUNREACH/i,
    'The host does not answer: correct it in the secret, and allow connections from the internet',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO|SSL|TLS/i,
    'The server needs TLS with a certificate of a public authority',
  ],
  [/^28/, 'The user or the password is wrong: correct the URL in the secret'],
  [/^3D000$/, 'The database does not exist: create it, or correct the URL in the secret'],
];

/** @param url Which URL of the secret was used: DATABASE_URL or DIRECT_DATABASE_URL. */
export function checkDatabase(url: string, read: DatabaseRead): Finding {
  const check = `database (${url})`;
  if (read.outcome === 'failed') {
    const [, fix = 'Connect with psql and the URL of the secret, and correct what it reports'] =
      causes.find(([pattern]) => pattern.test(read.code)) ?? [];
    return problem(check, `The connection failed: ${read.code}.`, fix);
  }
  return read.mayCreate
    ? ok(check, `Connected with TLS to Postgres ${read.version}.`)
    : problem(
        check,
        'The user may not create objects, which the migrations need.',
        'grant create on database <database> to <user>',
      );
}
