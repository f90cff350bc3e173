import Mux from '@mux/mux-node';
import { readMuxApiToken } from '../platform/provider-apis/mux-api-token.ts';
import { ApiLimitedError, ApiRequestError, REQUEST_MS, retryAfterSeconds } from './provider-api.ts';

export type MuxState = Readonly<Record<string, unknown>>;

/** Mux lists no events, so the state of each upload and asset is read. */
export interface MuxReadsApi {
  /** @returns undefined if Mux does not know the upload. */
  upload(id: string): Promise<MuxState | undefined>;
  /** @returns undefined if Mux does not know the asset, or deleted it. */
  asset(id: string): Promise<MuxState | undefined>;
}

export interface MuxReadsApiDeps {
  /** Returns JSON with `tokenId` and `tokenSecret` of a token with Mux Video read access. */
  readonly apiToken: () => Promise<string>;
  readonly timeoutMs?: number;
}

/** @throws ApiLimitedError after a 429, ApiRequestError after any other failure. */
export function openMuxReadsApi({
  apiToken,
  timeoutMs = REQUEST_MS,
}: MuxReadsApiDeps): MuxReadsApi {
  const open = async () => {
    const token = readMuxApiToken(await apiToken());
    if (token === undefined)
      throw new Error('The API token is not JSON with tokenId and tokenSecret.');
    return new Mux({ ...token, maxRetries: 0, timeout: timeoutMs }).video;
  };
  const limited = () => ({ signal: AbortSignal.timeout(timeoutMs) });
  return {
    upload: (id) =>
      readState('read an upload', async () => (await open()).uploads.retrieve(id, limited())),
    asset: (id) =>
      readState('read an asset', async () => (await open()).assets.retrieve(id, limited())),
  };
}

async function readState(
  task: string,
  request: () => Promise<object>,
): Promise<MuxState | undefined> {
  try {
    return { ...(await request()) };
  } catch (error) {
    if (error instanceof Mux.NotFoundError) return undefined;
    throw toApiError(task, error);
  }
}

function toApiError(task: string, error: unknown): Error {
  if (error instanceof Error && /^(?:Abort|Timeout)Error$/.test(error.name))
    return new ApiRequestError('Mux', task, undefined);
  if (!(error instanceof Mux.APIError))
    return error instanceof Error ? error : new Error(String(error));
  const { status, headers } = error;
  if (status === 429)
    return new ApiLimitedError('Mux', retryAfterSeconds(headers?.get('retry-after')));
  const isAccess = status === 401 || status === 403;
  const hint = isAccess ? '; the token needs Mux Video read access' : '';
  return new ApiRequestError('Mux', task, status, hint);
}
