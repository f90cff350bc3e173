import type { Setting } from '../catalog/settings.ts';
import type { IdentifyEvent } from '../webhooks/ingest/delivery.ts';
import type {
  DecodeSecret,
  SignEvent,
  VerifySignature,
} from '../webhooks/ingest/verify-signature.ts';
import type { PayloadAllowlist } from '../webhooks/payload-allowlist.ts';
import type { EventRule } from './event-rule.ts';

/** Secret that an operator stores as `motion-mavericks/<stage>/<provider>/<name>`. */
export interface OperatorSecret {
  readonly name: string;
  /** Shown to the operator who fills the secret. */
  readonly description: string;
}

/**
 * Work of this system that causes events of the provider. The job report-backlog measures how
 * long such events are missing; `none` means that there is no alarm on missing events.
 */
export type ExpectedTraffic = 'uploads' | 'mails' | 'none';

/**
 * Signs a delivery in a POSIX shell, for commands that people copy. The lines read the variables
 * `secret`, `id`, `time` (unix seconds) and `body`, and the headers what the lines set.
 */
export interface ShellSignature {
  readonly lines: readonly string[];
  readonly headers: readonly string[];
}

/** Describes one provider. Infrastructure, local mode, commands and docs derive from it. */
export interface ProviderDescriptor {
  /** Name as the provider writes it, for people. */
  readonly displayName: string;
  /** Time for which the provider repeats a failed delivery, for people. */
  readonly retriesFor: string;
  readonly signature: {
    /** Headers that carry the signature and its inputs. */
    readonly headers: readonly string[];
    readonly verify: VerifySignature;
    readonly sign: SignEvent;
    readonly identify: IdentifyEvent;
    /** Decodes a signing secret as `verify` does. Every check of a secret's form calls it. */
    readonly decodeSecret: DecodeSecret;
    /** Writes random bytes as a signing secret that the provider could have issued. */
    readonly formatSecret: (bytes: Buffer) => string;
    /** Undefined if a copied command cannot sign; its delivery is then rejected. */
    readonly shell?: ShellSignature;
  };
  readonly events: {
    /** Every event type that the provider publishes. docs/provider-events.md lists them. */
    readonly rules: readonly EventRule[];
    /** Types that change state. Events of all other types are recorded as ignored. */
    readonly appliedTypes: readonly string[];
    /** @returns undefined for a type that changes nothing. */
    readonly parse: (eventId: string, type: string, body: string) => object | undefined;
    /** Content of one event of each type, for `npm run send`, the API description and tests. */
    readonly samples: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  /** Fields of a payload that may be logged. */
  readonly payloadAllowlist: PayloadAllowlist;
  /**
   * Fields that `parse` reads: what the ledger keeps of an applied event. If missing, it keeps
   * bodies with the private parts hidden that redaction recognises.
   */
  readonly replayFields?: PayloadAllowlist;
  readonly processor: {
    readonly settings: readonly Setting[];
    /** Secrets by the environment variable from which the processor reads the secret's name. */
    readonly secrets: Readonly<Record<string, OperatorSecret>>;
  };
  readonly expectedTraffic: ExpectedTraffic;
  /**
   * API key with which `secrets rotate` manages the webhooks, read only by the operations function.
   * Undefined if no command rotates the signing secret.
   */
  readonly webhooksKey: OperatorSecret | undefined;
  /**
   * API key with which the job reconcile reads the provider's records, to find events that were
   * never delivered. Missing if the provider offers no such records.
   */
  readonly reconciliationKey?: OperatorSecret;
}
