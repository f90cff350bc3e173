import {
  idOnly,
  type PayloadAllowlist,
  redacted,
  wordOnly,
} from '../../../lambdas/webhooks/payload-allowlist.ts';

export const acmePayloadAllowlist: PayloadAllowlist = {
  payload: { captions: idOnly, language: wordOnly },
};

export const acmeReplayFields: PayloadAllowlist = {
  event: { id: redacted, kind: redacted },
  payload: { captions: redacted },
};
