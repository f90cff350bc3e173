import type { ProviderDescriptor } from '../../../lambdas/providers/provider-descriptor.ts';
import { acmeEventRules, acmeSamples, appliedAcmeTypes, parseAcmeEvent } from './events.ts';
import { acmePayloadAllowlist, acmeReplayFields } from './payload-allowlist.ts';
import {
  decodeAcmeSecret,
  identifyAcmeEvent,
  signAcmeEvent,
  verifyAcmeSignature,
} from './signature.ts';

export const acme: ProviderDescriptor = {
  displayName: 'Acme',
  retriesFor: '12 h',
  signature: {
    headers: ['Acme-Timestamp', 'Acme-Signature'],
    verify: verifyAcmeSignature,
    sign: signAcmeEvent,
    identify: identifyAcmeEvent,
    decodeSecret: decodeAcmeSecret,
    formatSecret: (bytes) => `acme-${bytes.toString('hex')}`,
  },
  events: {
    rules: acmeEventRules,
    appliedTypes: appliedAcmeTypes,
    parse: parseAcmeEvent,
    samples: acmeSamples,
  },
  payloadAllowlist: acmePayloadAllowlist,
  replayFields: acmeReplayFields,
  processor: {
    settings: ['SUPPORT_EMAIL'],
    secrets: {
      ACME_API_KEY_SECRET_ID: { name: 'api-key', description: 'Acme API key with read access' },
    },
  },
  expectedTraffic: 'uploads',
  webhooksKey: undefined,
};
