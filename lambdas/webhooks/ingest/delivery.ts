import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { SecretVersion, SigningSecret } from '../../platform/aws/secrets.ts';
import { isAttribute } from '../envelope.ts';

/** One POST of a provider's. */
export interface Delivery {
  /** What was signed: bytes, or the text of which they are the UTF-8. Parsing and writing JSON again would change it. */
  readonly body: Buffer | string;
  /** By lower-case name, as HTTP APIs hand them over; a header sent twice is joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** When API Gateway had it: the age of a signature must not depend on when we came to look. */
  readonly receivedAt: Date;
  readonly trace: string;
}

export type SignatureFault =
  | 'missing-signature'
  | 'malformed-signature'
  | 'stale-timestamp'
  | 'future-timestamp'
  | 'signature-mismatch';

export type Verdict =
  | { readonly genuine: true; readonly secretVersion: SecretVersion }
  | { readonly genuine: false; readonly reason: SignatureFault };

/** Any of the secrets may match. @throws for a secret that can be no key: our fault, never the sender's. */
export type Verify = (delivery: Delivery, secrets: readonly SigningSecret[]) => Verdict;

/** An event of this type and id without any content, as the provider would post it. @throws as Verify does. */
export type SignEvent = (
  event: { readonly eventId: string; readonly eventType: string; readonly at: Date },
  secret: string,
) => { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** Where a provider keeps its event's id and type; whether they are fit for use is not its business. */
export type Identify = (delivery: {
  readonly headers: Delivery['headers'];
  readonly document: Readonly<Record<string, unknown>>;
}) => { readonly eventId: unknown; readonly eventType: unknown };

export type EventFault = 'malformed-json' | 'missing-event-id' | 'missing-event-type';

export type ReadEvent =
  | {
      readonly readable: true;
      readonly eventId: string;
      readonly eventType: string;
      readonly text: string;
      readonly document: Readonly<Record<string, unknown>>;
    }
  | { readonly readable: false; readonly reason: EventFault };

export function readDelivery({
  body,
  headers,
  isBase64Encoded,
  requestContext,
}: APIGatewayProxyEventV2): Delivery {
  return {
    // Half a character that JSON can say and UTF-8 cannot is what decoding bytes would have made of it.
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? '').toWellFormed(),
    headers,
    receivedAt: new Date(requestContext.timeEpoch),
    trace: xRayRoot.exec(headers['x-amzn-trace-id'] ?? '')?.[0] ?? requestContext.requestId,
  };
}

const xRayRoot = /1-[0-9a-f]{8}-[0-9a-f]{24}/;

export function readEvent({ body, headers }: Delivery, identify: Identify): ReadEvent {
  const text = body.toString();
  const document = typeof body === 'string' || isUtf8(body) ? parseObject(text) : undefined;
  if (document === undefined) return { readable: false, reason: 'malformed-json' };

  const { eventId, eventType } = identify({ headers, document });
  if (!isAttribute(eventId)) return { readable: false, reason: 'missing-event-id' };
  if (!isAttribute(eventType)) return { readable: false, reason: 'missing-event-type' };
  return { readable: true, eventId, eventType, text, document };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
