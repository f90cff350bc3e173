import { type ApiFault, type Faults, makeFaults } from '../faults/faults.ts';
import type { ResendEvent } from '../resend-events.ts';
import { errorResponse, type ResendResponse } from '../resend-response.ts';
import type { ResendSigning } from '../resend-secrets.ts';
import {
  handleResendWebhookRequest,
  makeResendEndpoint,
  type ResendEndpoint,
} from './resend-endpoint.ts';
import {
  handleEventLogRequest,
  makeResendEventLog,
  type ResendEventLog,
} from './resend-event-log.ts';

/** Resend's record of the webhook and its events, delivered or not. */
export interface ResendRecord {
  readonly endpoint: ResendEndpoint;
  readonly events: ResendEventLog;
  readonly faults: Faults;
  /** Address of the webhook; undefined if no webhook is enabled. */
  enabledAddress(): string | undefined;
  /** Answers requests about webhooks and events. */
  respond(request: RecordRequest): ResendResponse | undefined;
}

interface RecordRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly payload: string;
  readonly signing: ResendSigning;
  /** Delivers the event again. */
  readonly replay: (event: ResendEvent) => void;
}

export function makeResendRecord(address: string): ResendRecord {
  const faults = makeFaults();
  const endpoint = makeResendEndpoint(address);
  const events = makeResendEventLog();
  const isEnabled = () => endpoint.get()?.status === 'enabled';
  return {
    endpoint,
    events,
    faults,
    enabledAddress: () => (isEnabled() ? endpoint.get()?.endpoint : undefined),
    respond({ method = '', url = '', payload, signing, replay }) {
      const fault = faults.request();
      if (fault !== undefined) return apiFaults[fault];
      const webhookId = endpoint.get()?.id ?? '';
      return (
        handleEventLogRequest({ method, url }, { log: events, webhookId, isEnabled, replay }) ??
        handleResendWebhookRequest(signing, endpoint, { method, url }, payload)
      );
    },
  };
}

const apiFaults: Readonly<Record<ApiFault, ResendResponse>> = {
  429: {
    ...errorResponse(429, 'rate_limit_exceeded', 'Too many requests.'),
    headers: { 'retry-after': '30' },
  },
  422: errorResponse(422, 'validation_error', 'The sandbox rejects this request.'),
  500: errorResponse(500, 'internal_server_error', 'The sandbox failed.'),
};
