import { expect, test } from '@jest/globals';
import { readDomains } from '../../../../../cli/ops/doctor/read/read-mail.ts';
import { readMuxSigningKey } from '../../../../../cli/ops/doctor/read/read-mux.ts';
import { useDocumentedServer } from '../../../../support/aws/documented-server.ts';

const service = useDocumentedServer();

// https://resend.com/docs/api-reference/domains/list-domains
test('reads all pages of domains at Resend', async () => {
  const domain = (id: string, name: string, status: string) => ({
    id,
    name,
    status,
    created_at: '2026-11-01 17:12:02.059593+00',
    region: 'us-east-1',
    capabilities: { sending: 'enabled', receiving: 'disabled' },
  });
  service.answers({
    'GET /domains?limit=100&after=b': {
      body: { object: 'list', has_more: false, data: [domain('c', 'c.org', 'verified')] },
    },
    'GET /domains?limit=100': {
      body: {
        object: 'list',
        has_more: true,
        data: [domain('a', 'a.org', 'not_started'), domain('b', 'b.org', 'pending')],
      },
    },
  });

  expect(await readDomains('re_1')).toEqual([
    { name: 'a.org', status: 'not_started' },
    { name: 'b.org', status: 'pending' },
    { name: 'c.org', status: 'verified' },
  ]);
});

test('states that a key of Resend with sending access cannot read domains', async () => {
  const restricted = {
    statusCode: 401,
    name: 'restricted_api_key',
    message: 'This API key is restricted to only send emails',
  };
  service.answers({ 'GET /domains': { status: 401, body: restricted } });

  await expect(readDomains('re_1')).rejects.toThrow(
    'Resend answered 401; the secret resend/webhooks-api-key needs full access.',
  );
});

// https://www.mux.com/docs/api-reference/system/signing-keys/get-url-signing-key
test('reads if Mux knows a signing key', async () => {
  const secret = JSON.stringify({ keyId: 'known', privateKey: 'x' });
  const token = JSON.stringify({ tokenId: 'a', tokenSecret: 'b' });
  service.answers({
    'GET /system/v1/signing-keys/known': {
      body: { data: { id: 'known', created_at: '1790000000' } },
    },
    'GET /system/v1/signing-keys/deleted': {
      status: 404,
      body: { error: { type: 'not_found', messages: ['The requested resource does not exist'] } },
    },
  });

  expect(await readMuxSigningKey(secret, token)).toEqual({ keyId: 'known', exists: true });
  expect(await readMuxSigningKey(secret.replace('known', 'deleted'), token)).toEqual({
    keyId: 'deleted',
    exists: false,
  });
});

test('a signing key that Mux does not show is no missing key', async () => {
  service.answers({
    'GET /system/v1/signing-keys/known': {
      status: 401,
      body: { error: { type: 'unauthorized', messages: ['Unauthorized request'] } },
    },
  });
  const token = JSON.stringify({ tokenId: 'a', tokenSecret: 'b' });

  await expect(readMuxSigningKey('{"keyId":"known"}', token)).rejects.toThrow('401');
});
