import { canonicalAddress } from '../../notifications/email-address.ts';
import {
  domainOnly,
  idOnly,
  type PayloadAllowlist,
  redacted,
  timeOnly,
  uuidOnly,
  wordOnly,
} from '../../webhooks/payload-allowlist.ts';

/**
 * Omits the subject, the headers, the clicked link and the recipient's IP address and user agent.
 */
export const resendPayloadAllowlist: PayloadAllowlist = {
  created_at: timeOnly,
  data: {
    email_id: idOnly,
    from: domainOnly,
    to: domainOnly,
    tags: { notification_id: uuidOnly, kind: wordOnly },
    bounce: { type: wordOnly, subType: wordOnly },
    suppressed: { type: wordOnly, reason: wordOnly },
    origin: wordOnly,
  },
};

/**
 * Fields that `parseResendEvent` reads. The ledger keeps these of an applied event, so that a
 * replay has the same effects. The address is that of a change of Resend's list, which the event is
 * about.
 */
export const resendReplayFields: PayloadAllowlist = {
  type: redacted,
  created_at: timeOnly,
  data: {
    email_id: redacted,
    // A map, or a list of {name, value}.
    tags: { notification_id: uuidOnly, kind: wordOnly, name: wordOnly, value: uuidOnly },
    bounce: { type: redacted, subType: redacted, message: redacted },
    failed: { reason: redacted },
    suppressed: { type: redacted, reason: redacted, message: redacted },
    email: canonicalAddress,
    origin: wordOnly,
  },
};
