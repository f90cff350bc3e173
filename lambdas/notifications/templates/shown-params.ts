import type { ShownFields } from '../../platform/redaction/redact-texts.ts';

/** Params that a mail shows as they are. Every other text of a mail is redacted. */
export const shownParams: ShownFields = {
  title: 'The member wrote it, and the mail is about this video.',
  label: 'The member wrote it, and the mail is about this link.',
  ownerName: 'An admin must know whose video failed.',
  name: 'An admin must know whose links expired.',
  invitedBy: 'An admin must know who invited the person.',
  email: 'An admin must know whose invitation expired.',
  address: 'Support must know which address receives no more mail.',
  attachments: 'The recipient compares the hashes of the evidence files.',
};
