/**
 * Meaning of a bounce for the address and for the mail.
 * `permanent` and `transient` count against the address; nothing else does.
 * `rejected-mail`: the server rejected this mail because of its size or content.
 * `automatic-reply`: an out-of-office reply; the mail itself was delivered.
 * `unclear`: the bounce can have any cause. It is logged and counted, so that a person can decide.
 */
export type BounceMeaning =
  | 'permanent'
  | 'transient'
  | 'rejected-mail'
  | 'automatic-reply'
  | 'unclear';

export interface Bounce {
  readonly type: string | undefined;
  readonly subType: string | undefined;
}

// A bounce without a sub-type means what its type says.
const NONE = '';

/**
 * Meaning by type and sub-type, in lower case. Source: the table of bounce types in Amazon SES's
 * documentation, https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types,
 * and https://repost.aws/knowledge-center/ses-understand-soft-bounces. Resend passes both on and
 * documents `Temporary` for `Transient`: https://resend.com/docs/webhooks/emails/bounced
 */
const meanings: Readonly<Record<string, Readonly<Record<string, BounceMeaning>>>> = {
  permanent: {
    [NONE]: 'permanent',
    general: 'permanent',
    noemail: 'permanent',
    // Both repeat an earlier hard bounce without a new attempt.
    suppressed: 'permanent',
    onaccountsuppressionlist: 'permanent',
    mailboxfull: 'transient',
    messagetoolarge: 'rejected-mail',
    contentrejected: 'rejected-mail',
    attachmentrejected: 'rejected-mail',
  },
  transient: {
    [NONE]: 'transient',
    // Typically an automatic reply, says the second source.
    general: 'automatic-reply',
    mailboxfull: 'transient',
    suppressed: 'permanent',
    onaccountsuppressionlist: 'permanent',
    messagetoolarge: 'rejected-mail',
    contentrejected: 'rejected-mail',
    attachmentrejected: 'rejected-mail',
  },
};

export function bounceMeaning({ type, subType }: Bounce): BounceMeaning {
  const bySubType = meanings[typeOf(type)];
  const name = subType?.trim().toLowerCase() ?? NONE;
  if (bySubType === undefined || !Object.hasOwn(bySubType, name)) return 'unclear';
  return bySubType[name] ?? 'unclear';
}

/**
 * True unless the bounce is permanent. A soft bounce may arrive after the delivery of its mail, and
 * says nothing against that delivery.
 */
export const isSoftBounce = ({ type }: Bounce): boolean => typeOf(type) !== 'permanent';

function typeOf(type: string | undefined): 'permanent' | 'transient' | 'unknown' {
  switch (type?.trim().toLowerCase()) {
    case 'permanent':
      return 'permanent';
    case 'transient':
    case 'temporary':
      return 'transient';
    default:
      return 'unknown';
  }
}
