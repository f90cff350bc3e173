/**
 * Cause of a failed publication. `rejected`: EventBridge rejects this event, so other events can
 * pass it. `unavailable`: the bus, the network, the permission or the rate limit failed, so the
 * event itself may be valid.
 */
export type PublishFailureKind = 'rejected' | 'unavailable';

export interface PublishFailure {
  readonly kind: PublishFailureKind;
  readonly error: string;
}

/**
 * Codes that do not depend on the event: rate limits, faults of AWS, credentials, permissions and
 * a missing bus.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html
 */
const unavailableCodes = [
  /Throttl|TooManyRequests|Internal|Unavailable|Time-?out/i,
  /AccessDenied|NotAuthorized|Unauthorized|OptInRequired|ResourceNotFound/i,
  /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|IncompleteSignature|InvalidSignature/i,
  /MissingAuthentication|RequestExpired|SignatureDoesNotMatch|Credentials/i,
];

/** Classifies the error code that EventBridge returned for one entry. */
export function entryFailure(code: string): PublishFailure {
  const isUnavailable = unavailableCodes.some((pattern) => pattern.test(code));
  return { kind: isUnavailable ? 'unavailable' : 'rejected', error: code };
}

/** Classifies the error of a whole call. If no HTTP response arrived, nothing was rejected. */
export function callFailure(error: unknown): PublishFailure {
  const { name, $metadata } = error as {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const code = name ?? 'unknown';
  const status = $metadata?.httpStatusCode ?? 0;
  const isRejection = status === 400 || status === 413;
  return isRejection ? entryFailure(code) : { kind: 'unavailable', error: code };
}
