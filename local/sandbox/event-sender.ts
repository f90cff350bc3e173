import type { Provider } from '../../lambdas/catalog/providers.ts';
import type { LocalInstance } from '../local-instance.ts';
import type { DeliveryResponse } from './webhook.ts';

/** Option of `npm run send` that selects the subject of an event. */
export interface SubjectOption {
  readonly help: string;
  /** Allowed values; undefined if any text is allowed. */
  readonly values?: readonly string[];
}

export interface SendRequest {
  readonly provider: Provider;
  readonly type: string;
  /** If true, signs with a wrong key. */
  readonly forged: boolean;
  readonly times: number;
  /** Values of the subject options, by name. */
  readonly subject: Readonly<Record<string, string>>;
}

export interface SendResult {
  readonly eventId: string;
  /** Name of the subject for people, such as the title of the video. */
  readonly subject: string;
  readonly responses: readonly DeliveryResponse[];
}

/** Sends the events of one provider for `npm run send`. */
export interface EventSender {
  readonly types: readonly string[];
  readonly subjectOptions: Readonly<Record<string, SubjectOption>>;
  send(local: LocalInstance, request: SendRequest): Promise<SendResult>;
}
