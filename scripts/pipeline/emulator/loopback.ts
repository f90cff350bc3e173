import { delimiter, dirname } from 'node:path';

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Returns the URL of an emulator without a trailing slash.
 * @throws if it does not lead to this machine. A request to any other host could reach AWS.
 */
export function requireLoopback(text: string): string {
  if (!URL.canParse(text)) throw new Error(`'${text}' is no URL. Give http://127.0.0.1:<port>.`);
  const { protocol, hostname, port, origin, href } = new URL(text);
  if (protocol !== 'http:' || !loopbackHosts.has(hostname) || port === '')
    throw new Error(`${text} is not on this machine. Give http://127.0.0.1:<port>.`);
  if (href !== `${origin}/`)
    throw new Error(`${text} has more than host and port: give ${origin}.`);
  return origin;
}

/** Variables of the caller that programs need and that select nothing in AWS. */
const harmless = ['LANG', 'LC_ALL', 'TMPDIR', 'TERM', 'CI'];

export interface PinnedOptions {
  /** URL of the emulator. */
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  /** Empty directory, so that no program finds a profile or a cache of credentials. */
  readonly home: string;
}

/**
 * Returns the whole environment of programs that call the emulator. Nothing else is inherited, so
 * neither credentials, a profile nor an endpoint of the caller reaches them.
 * @throws if the endpoint is not on this machine
 */
export function pinnedEnvironment(
  { endpoint, account, region, home }: PinnedOptions,
  caller: NodeJS.ProcessEnv,
): Record<string, string> {
  const url = requireLoopback(endpoint);
  const inherited = harmless.flatMap((name) => {
    const value = caller[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    // The CLI and the functions run on the Node.js of this process.
    PATH: `${dirname(process.execPath)}${delimiter}${caller['PATH'] ?? ''}`,
    HOME: home,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'emulated',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: url,
    // The verifier calls these services without the SDK, and reads only these variables.
    AWS_ENDPOINT_URL_SQS: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}
