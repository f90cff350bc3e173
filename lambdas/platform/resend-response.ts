interface ResendResponse<Data> {
  readonly data: Data | null;
  readonly error: { readonly name: string; readonly statusCode: number | null } | null;
}

/**
 * Returns the data of a response of Resend's API.
 * @throws an error whose message an operator may see: it contains no part of the key, request or
 * response.
 */
export function dataOf<Data>(task: string, { data, error }: ResendResponse<Data>): Data {
  if (data !== null && error === null) return data;
  const reason = error?.statusCode
    ? `status ${error.statusCode} ${error.name}`
    : 'no response in time; run the command again';
  const isAccess =
    error?.name === 'restricted_api_key' || error?.statusCode === 401 || error?.statusCode === 403;
  throw resendFailure(task, `${reason}${isAccess ? '; the key needs full access' : ''}`);
}

export const resendFailure = (task: string, reason: string) =>
  new Error(`The request to Resend to ${task} failed: ${reason}.`);
