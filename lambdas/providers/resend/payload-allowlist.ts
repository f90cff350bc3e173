import {
  domainOnly,
  type PayloadAllowlist,
  uuidOnly,
  verbatim,
} from '../../webhooks/payload-allowlist.ts';

/** No subject, no headers, no link that somebody clicked, and nothing of their machine. */
export const resendPayloadAllowlist: PayloadAllowlist = {
  created_at: verbatim,
  data: {
    email_id: verbatim,
    from: domainOnly,
    to: domainOnly,
    tags: { notification_id: uuidOnly, kind: verbatim },
    bounce: { type: verbatim, subType: verbatim },
    suppressed: { type: verbatim },
  },
};
