import type { ProviderDescriptor } from '../provider-descriptor.ts';
import { muxEventRules } from './event-rules.ts';
import { appliedMuxTypes, parseMuxEvent } from './events.ts';
import { muxPayloadAllowlist, muxReplayFields } from './payload-allowlist.ts';
import { muxSamples } from './samples.ts';
import {
  decodeMuxSecret,
  identifyMuxEvent,
  signMuxEvent,
  verifyMuxSignature,
} from './signature.ts';

export const mux: ProviderDescriptor = {
  displayName: 'Mux',
  retriesFor: '24 h',
  signature: {
    headers: ['Mux-Signature'],
    verify: verifyMuxSignature,
    sign: signMuxEvent,
    identify: identifyMuxEvent,
    decodeSecret: decodeMuxSecret,
    formatSecret: (bytes) => bytes.toString('hex').slice(0, 32),
    shell: {
      lines: [
        `signature=$(printf '%s.%s' "$time" "$body" |`,
        `  openssl dgst -sha256 -hmac "$secret" -r | cut -d ' ' -f 1)`,
      ],
      headers: ['mux-signature: t=$time,v1=$signature'],
    },
  },
  events: {
    rules: muxEventRules,
    appliedTypes: appliedMuxTypes,
    parse: parseMuxEvent,
    samples: muxSamples,
  },
  payloadAllowlist: muxPayloadAllowlist,
  replayFields: muxReplayFields,
  processor: {
    settings: ['PLAYBACK_URL_HOURS'],
    secrets: {
      PLAYBACK_SIGNING_KEY_SECRET_ID: {
        name: 'playback-signing-key',
        description: 'playback-signing-key of mux',
      },
    },
  },
  expectedTraffic: 'uploads',
  webhooksKey: {
    name: 'webhooks-api-token',
    description:
      'Mux API token with System read and write access: ' +
      'JSON {"tokenId": "...", "tokenSecret": "..."}',
  },
  // A token of its own: Mux limits requests by token, and uploads must not wait for a job.
  reconciliationKey: {
    name: 'reconcile-api-token',
    description:
      'Mux API token with Mux Video read access, of low priority: ' +
      'JSON {"tokenId": "...", "tokenSecret": "..."}',
  },
};
