import { BadInputError } from '../command-line/errors.ts';

export const environmentHelp = `Environment variables:
  DATABASE_URL            use this Postgres database instead of the included server
  RESEND_API_KEY          send mails through Resend
  MUX_TOKEN_ID, MUX_TOKEN_SECRET                create uploads at Mux; needs both
  MUX_WEBHOOK_SECRET, RESEND_WEBHOOK_SECRET     signing secrets of real webhooks
  MUX_SIGNING_KEY_ID, MUX_SIGNING_KEY_PRIVATE   key for playback URLs of real videos
  LOCAL_STATE_DIRECTORY   directory for data (default: .local/)

The data directory holds the database, generated secrets and logs. Delete it to reset all data.`;

/** Variables that have a meaning only together. */
const pairs = [
  ['MUX_TOKEN_ID', 'MUX_TOKEN_SECRET'],
  ['MUX_SIGNING_KEY_ID', 'MUX_SIGNING_KEY_PRIVATE'],
] as const;

/** @throws a BadInputError for one of two variables, which would have no effect. */
export function checkEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [one, other] of pairs.flatMap(([one, other]) => [
    [one, other] as const,
    [other, one] as const,
  ]))
    if (environment[one] && !environment[other])
      throw new BadInputError(
        `${one} is set without ${other}: set both, or neither to use the sandbox of Mux.`,
      );
}
