import { expect } from '@jest/globals';
import { openMuxEndpoints } from '../../../lambdas/endpoints/mux-endpoints.ts';
import { openResendEndpoints } from '../../../lambdas/endpoints/resend-endpoints.ts';
import { makeSendMail } from '../../../lambdas/notifications/resend-client.ts';
import { openResendSuppressions } from '../../../lambdas/providers/resend/suppressions-api.ts';
import { openMuxReadsApi } from '../../../lambdas/reconciliation/mux-reads-api.ts';
import { openResendEventsApi } from '../../../lambdas/reconciliation/resend-events-api.ts';
import { openMuxWebhooks } from '../../../lambdas/signing-secrets/mux-webhooks-api.ts';
import { openResendWebhooks } from '../../../lambdas/signing-secrets/resend-webhooks-api.ts';
import { makeCreateDirectUpload } from '../../../lambdas/uploads/mux-direct-upload.ts';
import { failsCleanly, type ServiceCall } from './aws-calls.ts';

const timeoutMs = 1_500;
const upload = { assetId: 'a', ownerId: 'o', title: 't', playbackPolicy: 'signed' } as const;
const mail = {
  notificationId: 'n',
  idempotencyKey: 'n',
  kind: 'k',
  to: 'a@b.example',
  subject: 's',
  html: 'h',
  text: 't',
};
const page = 'https://a.example';
const muxToken = async () => '{"tokenId":"a","tokenSecret":"b"}';
const muxWebhooks = () => openMuxWebhooks({ apiToken: muxToken, address: page, timeoutMs });
const resendWebhooks = () =>
  openResendWebhooks({ apiKey: async () => 're_1', address: page, timeoutMs });

const resendKey = async () => 're_1';
const suppressions = () => openResendSuppressions({ apiKey: resendKey, timeoutMs });
const resendEvents = () => openResendEventsApi({ apiKey: resendKey, address: page, timeoutMs });
const muxReads = () => openMuxReadsApi({ apiToken: muxToken, timeoutMs });
const secret = {
  versions: async () => ({ current: undefined, previous: undefined }),
  value: async () => undefined,
  faultOf: () => undefined,
  store: async () => {},
};
const muxEndpoints = () => openMuxEndpoints({ readKey: muxToken, secret, timeoutMs });
const resendEndpoints = () => openResendEndpoints({ readKey: resendKey, secret, timeoutMs });
const expected = { address: page, eventTypes: ['email.sent'] };

/** Every call of a provider that a function makes. */
export const providerCalls: readonly ServiceCall[] = [
  [
    'Mux uploads',
    () =>
      makeCreateDirectUpload({
        apiToken: muxToken,
        corsOrigin: page,
        uploadSeconds: 3_600,
        timeoutMs,
      })(upload),
    expect.objectContaining({ outcome: 'deferred' }),
  ],
  ['Mux webhooks', () => muxWebhooks().list(), failsCleanly],
  ['Mux webhook creation', () => muxWebhooks().create({}), failsCleanly],
  ['Mux webhook update', () => muxWebhooks().disable('w'), failsCleanly],
  ['Mux webhook deletion', () => muxWebhooks().delete('w'), failsCleanly],
  ['Mux uploads by id', () => muxReads().upload('u'), failsCleanly],
  ['Mux assets by id', () => muxReads().asset('a'), failsCleanly],
  ['Mux webhooks of a repair', () => muxEndpoints().list(), failsCleanly],
  ['Mux webhook creation of a repair', () => muxEndpoints().create(expected), failsCleanly],
  ['Mux webhook update of a repair', () => muxEndpoints().update('w', {}), failsCleanly],
  ['Resend webhooks of a repair', () => resendEndpoints().list(), failsCleanly],
  ['Resend webhook creation', () => resendEndpoints().create(expected), failsCleanly],
  ['Resend webhook update', () => resendEndpoints().update('w', {}), failsCleanly],
  ['Resend webhook secret', () => resendEndpoints().storeSecret('w', expected), failsCleanly],
  ['Resend rotation', () => resendWebhooks().rotate('w'), failsCleanly],
  ['Resend suppressions', () => suppressions().list(), failsCleanly],
  ['Resend suppression removal', () => suppressions().remove('a@b.example'), failsCleanly],
  ['Resend webhook of reconciliation', () => resendEvents().findWebhook(), failsCleanly],
  ['Resend events', () => resendEvents().list('w', null), failsCleanly],
  ['Resend event', () => resendEvents().body('w', 'e'), failsCleanly],
  ['Resend replay', () => resendEvents().replay('w', 'e'), failsCleanly],
  ['Resend webhooks', () => resendWebhooks().list(), failsCleanly],
  [
    'Resend mails',
    () =>
      makeSendMail({
        apiKey: async () => 're_1',
        from: 'a@b.example',
        replyTo: 's@b.example',
        timeoutMs,
      })(mail),
    expect.objectContaining({ outcome: 'deferred' }),
  ],
];
