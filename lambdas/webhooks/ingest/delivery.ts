import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { parseJsonObject } from '../../platform/json.ts';
import { isAttribute } from '../envelope.ts';

/** One POST of a provider. */
export interface Delivery {
  /**
   * Signed content: bytes, or text that is signed as UTF-8. Never parsed and written again, because
   * that would change the bytes.
   */
  readonly body: Buffer | string;
  /** Headers by lower-case name. HTTP APIs join a repeated header with commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Time at API Gateway, so that our own delay does not count as age of the signature. */
  readonly receivedAt: Date;
  readonly trace: string;
}

/** Returns the provider's event id and type without validating them. */
export type IdentifyEvent = (delivery: {
  readonly headers: Delivery['headers'];
  readonly document: Readonly<Record<string, unknown>>;
}) => { readonly eventId: unknown; readonly eventType: unknown };

export type EventFault = 'malformed-json' | 'missing-event-id' | 'missing-event-type';

export type ParsedEvent =
  | {
      readonly valid: true;
      readonly eventId: string;
      readonly eventType: string;
      readonly text: string;
      readonly document: Readonly<Record<string, unknown>>;
    }
  | { readonly valid: false; readonly reason: EventFault };

export function readDelivery({
  body,
  headers,
  isBase64Encoded,
  requestContext,
}: APIGatewayProxyEventV2): Delivery {
  return {
    // Replaces a lone surrogate by U+FFFD, as decoding UTF-8 bytes does.
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? '').toWellFormed(),
    headers,
    receivedAt: new Date(requestContext.timeEpoch),
    trace: xRayRoot.exec(headers['x-amzn-trace-id'] ?? '')?.[0] ?? requestContext.requestId,
  };
}

const xRayRoot = /1-[0-9a-f]{8}-[0-9a-f]{24}/;

export function parseEvent({ body, headers }: Delivery, identify: IdentifyEvent): ParsedEvent {
  const text = body.toString();
  const document = typeof body === 'string' || isUtf8(body) ? parseJsonObject(text) : undefined;
  if (document === undefined) return { valid: false, reason: 'malformed-json' };

  const { eventId, eventType } = identify({ headers, document });
  if (!isAttribute(eventId)) return { valid: false, reason: 'missing-event-id' };
  if (!isAttribute(eventType)) return { valid: false, reason: 'missing-event-type' };
  return { valid: true, eventId, eventType, text, document };
}
