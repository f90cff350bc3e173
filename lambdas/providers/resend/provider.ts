import type { ProviderDescriptor } from '../provider-descriptor.ts';
import { resendEventRules } from './event-rules.ts';
import { deliveries, listChanges, parseResendEvent } from './events.ts';
import { resendPayloadAllowlist, resendReplayFields } from './payload-allowlist.ts';
import { resendSamples } from './samples.ts';
import {
  decodeSvixSecret,
  identifyResendEvent,
  signResendEvent,
  verifyResendSignature,
} from './signature.ts';

/** Resend has no key that may only read, so one key serves all that is about webhooks. */
const fullAccessKey = { name: 'webhooks-api-key', description: 'Resend API key with full access' };

export const resend: ProviderDescriptor = {
  displayName: 'Resend',
  retriesFor: '27 h 35 min',
  signature: {
    headers: ['svix-id', 'svix-timestamp', 'svix-signature'],
    verify: verifyResendSignature,
    sign: signResendEvent,
    identify: identifyResendEvent,
    decodeSecret: decodeSvixSecret,
    formatSecret: (bytes) => `whsec_${bytes.toString('base64')}`,
    shell: {
      lines: [
        `key=$(printf '%s' "\${secret#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')`,
        `signature=$(printf '%s.%s.%s' "$id" "$time" "$body" |`,
        `  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64 | tr -d '\\n')`,
      ],
      headers: ['svix-id: $id', 'svix-timestamp: $time', 'svix-signature: v1,$signature'],
    },
  },
  events: {
    rules: resendEventRules,
    appliedTypes: [...Object.keys(deliveries), ...Object.keys(listChanges)],
    parse: parseResendEvent,
    samples: resendSamples,
  },
  payloadAllowlist: resendPayloadAllowlist,
  replayFields: resendReplayFields,
  processor: {
    settings: [
      'STAGE',
      'SUPPORT_EMAIL',
      'RELIABILITY_PARTNER_EMAIL',
      'COMPLIANCE_ADVISOR_EMAIL',
      'SUPPRESSION_RULE',
    ],
    secrets: {},
  },
  expectedTraffic: 'mails',
  webhooksKey: fullAccessKey,
  reconciliationKey: fullAccessKey,
};
