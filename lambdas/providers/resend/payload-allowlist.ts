import { asItIs, type LoggedFields, onlyDomain, onlyUuid } from '../../webhooks/payload-allowlist.ts';

/** No subject, no headers, no link that somebody clicked, and nothing of their machine. */
export const loggedResendFields: LoggedFields = {
  created_at: asItIs,
  data: {
    email_id: asItIs,
    from: onlyDomain,
    to: onlyDomain,
    tags: { notification_id: onlyUuid, kind: asItIs },
    bounce: { type: asItIs, subType: asItIs },
    suppressed: { type: asItIs },
  },
};
