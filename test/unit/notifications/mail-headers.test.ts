import { expect, test } from '@jest/globals';
import { mailHeaders } from '../../../lambdas/notifications/templates/mail-headers.ts';

const addresses = {
  from: 'Motion Mavericks <portal@mm.example.org>',
  replyTo: 'help@mm.example.org',
};

test('every mail says that no person wrote it', () => {
  expect(mailHeaders(undefined, addresses)).toEqual({ 'Auto-Submitted': 'auto-generated' });
});

test('a digest names its list and how to leave it', () => {
  expect(mailHeaders('share-links', addresses)).toEqual({
    'Auto-Submitted': 'auto-generated',
    'List-Id': '<share-links.mm.example.org>',
    'List-Unsubscribe': '<mailto:help@mm.example.org?subject=Unsubscribe%20from%20share-links>',
  });
});
