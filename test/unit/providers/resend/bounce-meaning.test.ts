import { expect, test } from '@jest/globals';
import {
  bounceMeaning,
  isSoftBounce,
} from '../../../../lambdas/providers/resend/bounce-meaning.ts';

test.each([
  ['Permanent', 'General', 'permanent'],
  ['Permanent', 'NoEmail', 'permanent'],
  ['Permanent', undefined, 'permanent'],
  ['Permanent', 'Suppressed', 'permanent'],
  ['Permanent', 'OnAccountSuppressionList', 'permanent'],
  ['PERMANENT', 'noemail', 'permanent'],
  ['Transient', 'MailboxFull', 'transient'],
  ['Transient', undefined, 'transient'],
  ['Temporary', 'MailboxFull', 'transient'],
  ['Transient', 'General', 'automatic-reply'],
  ['Temporary', 'General', 'automatic-reply'],
  ['Transient', 'MessageTooLarge', 'rejected-mail'],
  ['Transient', 'ContentRejected', 'rejected-mail'],
  ['Transient', 'AttachmentRejected', 'rejected-mail'],
  ['Permanent', 'ContentRejected', 'rejected-mail'],
  ['Undetermined', 'Undetermined', 'unclear'],
  ['Undetermined', 'General', 'unclear'],
  ['Permanent', 'Teleported', 'unclear'],
  ['Transient', 'constructor', 'unclear'],
  ['Teleported', 'General', 'unclear'],
  [undefined, undefined, 'unclear'],
])('a bounce of type %p and sub-type %p is %s', (type, subType, meaning) => {
  expect(bounceMeaning({ type, subType })).toBe(meaning);
});

test.each([
  ['Permanent', false],
  ['permanent', false],
  ['Transient', true],
  ['Temporary', true],
  ['Undetermined', true],
  [undefined, true],
])('a bounce of type %p is soft: %p', (type, isSoft) => {
  expect(isSoftBounce({ type, subType: undefined })).toBe(isSoft);
});
