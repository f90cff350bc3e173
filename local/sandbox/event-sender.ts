import type { Provider } from '../../lambdas/catalog/providers.ts';
import type { LocalInstance } from '../local-instance.ts';
import type { DeliveryResponse } from './webhook.ts';

/** Option of `npm run send` that selects the subject of an event. */
export interface SubjectOption {
  readonly help: string;
  /** Allowed values; undefined if any text is allowed. */
  readonly values?: readonly string[];
  /** True if the value is a mail address. */
  readonly isAddress?: boolean;
  /** Names the single type on which the option has an effect; undefined for every type. */
  readonly onlyFor?: string;
}

export interface SendRequest {
  readonly provider: Provider;
  /** Undefined if the body names the type. */
  readonly type?: string | undefined;
  /** Text that is signed and posted as it is, instead of an event of the sandbox. */
  readonly body?: string | undefined;
  /** Number of attempts that fail before the event succeeds. */
  readonly fails?: number | undefined;
  /** True if every attempt fails. */
  readonly broken?: boolean | undefined;
  /** True if a newer event of the same type is processed first. */
  readonly late?: boolean | undefined;
  /** If true, signs with a wrong key. */
  readonly forged: boolean;
  readonly times: number;
  /** Values of the subject options, by name. */
  readonly subject: Readonly<Record<string, string>>;
}

export interface SendResult {
  /** Empty if the body has no id. */
  readonly eventId: string;
  readonly type: string;
  /** Subject options that select the same subject again. */
  readonly selected?: Readonly<Record<string, string>>;
  /** Id of the newer event that was sent before a late one. */
  readonly newerEventId?: string;
  /** Name of the subject for people, such as the title of the video. */
  readonly subject: string;
  readonly responses: readonly DeliveryResponse[];
}

export interface SendHooks {
  /** Time of the event. @default now */
  readonly at?: Date;
  /** Called with the id of the event before its first delivery. */
  readonly beforePost?: (eventId: string) => Promise<void>;
}

/** Sends the events of one provider for `npm run send`. */
export interface EventSender {
  readonly types: readonly string[];
  readonly subjectOptions: Readonly<Record<string, SubjectOption>>;
  send(local: LocalInstance, request: SendRequest, hooks: SendHooks): Promise<SendResult>;
}
