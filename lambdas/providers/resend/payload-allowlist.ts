import {
  domainOnly,
  type PayloadAllowlist,
  uuidOnly,
  verbatim,
} from '../../webhooks/payload-allowlist.ts';

/**
 * Omits the subject, the headers, the clicked link and the recipient's IP address and user agent.
 */
export const resendPayloadAllowlist: PayloadAllowlist = {
  created_at: verbatim,
  data: {
    email_id: verbatim,
    from: domainOnly,
    to: domainOnly,
    tags: { notification_id: uuidOnly, kind: verbatim },
    bounce: { type: verbatim, subType: verbatim },
    suppressed: { type: verbatim, reason: verbatim },
    origin: verbatim,
  },
};
