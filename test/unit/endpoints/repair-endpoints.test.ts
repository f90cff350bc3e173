import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeCheckEndpoints } from '../../../lambdas/endpoints/check-endpoints.ts';
import type { EndpointSecret } from '../../../lambdas/endpoints/endpoint.ts';
import { makeEndpointOperations } from '../../../lambdas/endpoints/endpoint-operations.ts';
import { openMuxEndpoints } from '../../../lambdas/endpoints/mux-endpoints.ts';
import { endpointsOf, type ManagedEndpoint } from '../../../lambdas/endpoints/open-endpoints.ts';
import { openResendEndpoints } from '../../../lambdas/endpoints/resend-endpoints.ts';
import { webhooksKeys } from '../../../lambdas/providers/registry.ts';
import { signingSecretFaultOf } from '../../../lambdas/providers/signing-secret-fault.ts';
import { type MuxApi, startMuxApi } from '../../../local/sandbox/mux-api.ts';
import { type MuxWebhookList, makeMuxWebhookList } from '../../../local/sandbox/mux-webhooks.ts';
import { type ResendSandbox, startResendSandbox } from '../../../local/sandbox/resend.ts';
import { makeResendSigning } from '../../../local/sandbox/resend-secrets.ts';
import { useStdout } from '../../support/stdout.ts';

const muxAddress = 'https://api.example/api/v1/webhooks/mux';
const resendAddress = 'https://api.example/api/v1/webhooks/resend';
const token = JSON.stringify({ tokenId: 'system', tokenSecret: 'secret' });
const firstSecret = `whsec_${Buffer.from('the first secret').toString('base64')}`;

/** Keeps the newest two versions, as Secrets Manager does. */
class StoredSecret implements EndpointSecret {
  stored: readonly { readonly id: string; readonly value: string }[];

  constructor(value?: string) {
    this.stored = value === undefined ? [] : [{ id: 'by-hand', value }];
  }

  readonly versions = async () => {
    const [current, previous] = this.stored.map(({ id }) => ({ id, createdAt: new Date(0) }));
    return { current, previous };
  };

  readonly value = async (stage: string) => this.stored[stage === 'AWSCURRENT' ? 0 : 1]?.value;

  readonly faultOf = signingSecretFaultOf('mux');

  readonly store = async (value: string, id: string) => {
    const fault = this.faultOf(value);
    if (fault !== undefined) throw new Error(fault);
    this.stored = [{ id, value }, ...this.stored].slice(0, 2);
  };
}

const stdout = useStdout();
let list: MuxWebhookList;
let api: MuxApi;
let resend: ResendSandbox;

beforeEach(async () => {
  list = makeMuxWebhookList(muxAddress, () => 'first');
  api = await startMuxApi({ apiToken: () => '{}', webhooks: { list, apiToken: () => token } });
  process.env['MUX_BASE_URL'] = api.url;
  resend = await startResendSandbox({
    apiKey: () => 're_sending',
    webhooksKey: () => 're_full',
    webhookUrl: resendAddress,
    timeScale: 0,
    signing: makeResendSigning(() => [firstSecret]),
  });
});
afterEach(async () => {
  delete process.env['MUX_BASE_URL'];
  await api.stop();
  await resend.stop();
});

const muxWith = (secret: EndpointSecret): ManagedEndpoint => ({
  provider: 'mux',
  endpoints: openMuxEndpoints({ readKey: async () => token, secret }),
  expected: { address: muxAddress, eventTypes: ['video.asset.ready'] },
});
const resendWith = (secret: EndpointSecret, key = 're_full'): ManagedEndpoint => ({
  provider: 'resend',
  endpoints: openResendEndpoints({ readKey: async () => key, secret }, { baseUrl: resend.url }),
  expected: { address: resendAddress, eventTypes: ['email.sent', 'email.delivered'] },
});
const operationsOn = (...managed: readonly ManagedEndpoint[]) =>
  makeEndpointOperations(managed, 'prod');

test('each provider with a webhooks key has endpoints, and no other', () => {
  expect(Object.keys(endpointsOf)).toEqual([...webhooksKeys().keys()]);
});

test('the first deploy creates both webhooks and stores their secrets', async () => {
  for (const { id } of list.all()) list.delete(id);
  resend.endpoint.delete();
  const secrets = { mux: new StoredSecret(), resend: new StoredSecret() };
  const operations = operationsOn(muxWith(secrets.mux), resendWith(secrets.resend));
  expect((await operations.show()).map(({ status }) => status)).toEqual(['faulty', 'faulty']);

  for (const provider of ['mux', 'resend'] as const)
    expect(await operations.repair(provider, { dryRun: false })).toMatchObject({
      performed: true,
      remaining: [],
    });

  expect(list.all()).toHaveLength(1);
  expect(secrets.mux.stored[0]?.value).toBe(list.all()[0]?.secret());
  expect(resend.endpoint.get()).toMatchObject({
    endpoint: resendAddress,
    events: ['email.sent', 'email.delivered'],
  });
  expect(secrets.resend.stored[0]?.value).toMatch(/^whsec_/);
  expect((await operations.show()).map(({ status }) => status)).toEqual(['ok', 'ok']);
  expect(await operations.repair('mux', { dryRun: false })).toMatchObject({ performed: false });
  expect(list.all()).toHaveLength(1);
});

test('enables a webhook, corrects its URL and adds event types, but not in a dry run', async () => {
  resend.endpoint.update({
    endpoint: 'https://old.example/hook',
    status: 'disabled',
    events: ['email.sent', 'email.opened'],
  });
  const operations = operationsOn(resendWith(new StoredSecret(firstSecret)));
  const before = resend.endpoint.get();

  const planned = await operations.repair('resend', { dryRun: true });
  expect(planned).toMatchObject({ performed: false });
  expect(planned?.steps).toHaveLength(3);
  expect(resend.endpoint.get()).toEqual(before);

  await operations.repair('resend', { dryRun: false });
  expect(resend.endpoint.get()).toMatchObject({
    endpoint: resendAddress,
    status: 'enabled',
    events: ['email.sent', 'email.opened', 'email.delivered'],
  });
});

test('after a crash between creation and storing, a repair stores a secret', async () => {
  for (const { id } of list.all()) list.delete(id);
  const mux = new StoredSecret();
  const store = mux.store;
  const failing = { ...mux, store: async () => Promise.reject(new Error('killed')) };
  await expect(operationsOn(muxWith(failing)).repair('mux', { dryRun: false })).rejects.toThrow(
    'killed',
  );
  const resendSecret = new StoredSecret('whsec_of_another_webhook');

  const operations = operationsOn(muxWith({ ...mux, store }), resendWith(resendSecret));
  expect(await operations.repair('mux', { dryRun: false })).toMatchObject({ remaining: [] });
  expect(await operations.repair('resend', { dryRun: false })).toMatchObject({ remaining: [] });

  expect(list.all()).toHaveLength(1);
  expect(mux.stored[0]?.value).toBe(list.all()[0]?.secret());
  expect(resendSecret.stored[0]?.value).toBe(firstSecret);
});

test('a repair stores no secret that the verifier rejects, nor leaves its webhook', async () => {
  for (const { id } of list.all()) list.delete(id);
  resend.endpoint.delete();
  const secrets = { mux: new StoredSecret(), resend: new StoredSecret() };
  const faultOf = () => 'The signing secret is faulty.';
  const operations = operationsOn(
    muxWith(Object.assign(secrets.mux, { faultOf })),
    resendWith(Object.assign(secrets.resend, { faultOf })),
  );

  for (const provider of ['mux', 'resend'] as const)
    await expect(operations.repair(provider, { dryRun: false })).rejects.toThrow(
      'The signing secret is faulty.',
    );

  expect(list.all()).toEqual([]);
  expect(resend.endpoint.get()).toBeUndefined();
  expect([secrets.mux.stored, secrets.resend.stored]).toEqual([[], []]);
});

test('the hourly job counts the faults, and names the command that repairs them', async () => {
  for (const { id } of list.all()) list.update(id, { enabled: false });
  const managed = [muxWith(new StoredSecret('x')), resendWith(new StoredSecret(firstSecret))];

  expect(await makeCheckEndpoints(managed, 'prod')()).toEqual({ EndpointFaults: 1 });

  expect(stdout.filter(({ EndpointFaults }) => EndpointFaults !== undefined)).toEqual([
    expect.objectContaining({ provider: 'mux', EndpointFaults: 1 }),
    expect.objectContaining({ provider: 'resend', EndpointFaults: 0 }),
  ]);
  expect(stdout.find(({ fault }) => fault === 'disabled')).toMatchObject({
    command: "npm run ops -- endpoints repair mux --reason '…' --stage prod",
  });
});

test('a provider that cannot be read fails the job after the others, and is shown', async () => {
  for (const { id } of list.all()) list.update(id, { enabled: false });
  const managed = [
    muxWith(new StoredSecret('x')),
    resendWith(new StoredSecret(firstSecret), 're_sending'),
  ];

  await expect(makeCheckEndpoints(managed, 'prod')()).rejects.toMatchObject({
    counts: { EndpointFaults: 1 },
    message: expect.stringContaining('the key needs full access'),
  });
  expect(await makeEndpointOperations(managed, 'prod').show('resend')).toMatchObject([
    { status: 'unreadable', error: expect.stringContaining('full access') },
  ]);
});
