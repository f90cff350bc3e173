/** Response of Resend's API. */
export interface ResendResponse {
  readonly statusCode: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** https://resend.com/docs/api-reference/errors */
export const errorResponse = (
  statusCode: number,
  name: string,
  message: string,
): ResendResponse => ({ statusCode, body: { statusCode, name, message } });
