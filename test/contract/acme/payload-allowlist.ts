import { type PayloadAllowlist, verbatim } from '../../../lambdas/webhooks/payload-allowlist.ts';

export const acmePayloadAllowlist: PayloadAllowlist = {
  payload: { captions: verbatim, language: verbatim },
};
