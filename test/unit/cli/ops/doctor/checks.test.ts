import { expect, test } from '@jest/globals';
import {
  checkAccount,
  checkBootstrap,
  checkConcurrency,
  checkPlaceholders,
} from '../../../../../cli/ops/doctor/checks/account-checks.ts';
import { checkDatabase } from '../../../../../cli/ops/doctor/checks/database-checks.ts';
import { checkEndpoints } from '../../../../../cli/ops/doctor/checks/endpoint-checks.ts';
import {
  checkMailRecords,
  checkSenderDomain,
  domainOf,
} from '../../../../../cli/ops/doctor/checks/mail-checks.ts';
import {
  checkMuxSigningKey,
  checkSchedules,
  checkSubscriptions,
} from '../../../../../cli/ops/doctor/checks/operation-checks.ts';
import {
  checkDeployedStack,
  checkExports,
  checkStackBeforeDeploy,
} from '../../../../../cli/ops/doctor/checks/stack-checks.ts';
import type { Finding } from '../../../../../cli/ops/doctor/finding.ts';
import { checkLeftBehind, namedResources } from '../../../../../cli/ops/doctor/left-behind.ts';
import { readSettings } from '../../../../../cli/ops/doctor/stage-plan.ts';
import { checkInstance, checkNode } from '../../../../../cli/ops/doctor/this-machine.ts';

const settings = readSettings('prod');
const stack = (status: string, isProtected = false) => ({
  name: 'data',
  status,
  isProtected,
  exports: [],
});
const secret = {
  id: 'Key',
  type: 'AWS::SecretsManager::Secret' as const,
  name: 'a/key',
  identifier: { Id: 'arn:key' },
};
const records = {
  spf: ['v=spf1 include:amazonses.com ~all'],
  dkim: ['p=MIGfMA0GCSqGSIb3DQ'],
  dmarc: ['v=DMARC1; p=none;'],
};
const connected = { outcome: 'connected', version: 18, mayCreate: true } as const;
const shown = { provider: 'mux', status: 'ok', address: 'https://a', webhooks: [], faults: [] };
const shownOfResend = { ...shown, provider: 'resend' };
const subscription = { protocol: 'email', endpoint: 'on@call.org', isConfirmed: true };

const healthy: readonly (readonly [string, Finding | readonly Finding[]])[] = [
  ['the account of cdk.json', checkAccount('1', 'prod', { ...settings, account: '1' })],
  ['any account, if cdk.json names none', checkAccount('1', 'prod', settings)],
  ['a recent bootstrap stack', checkBootstrap(30, '1', 'r')],
  ['the usual quota', checkConcurrency(1_000, 1_000, 2, settings)],
  ['no placeholder', checkPlaceholders([])],
  ['a stack that does not exist yet', checkStackBeforeDeploy('data', undefined, 'prod')],
  ['a failed creation', checkStackBeforeDeploy('data', stack('ROLLBACK_COMPLETE'), 'prod')],
  ['a deployed stack', checkStackBeforeDeploy('data', stack('UPDATE_COMPLETE', true), 'prod')],
  ['a protected stack', checkDeployedStack('data', stack('CREATE_COMPLETE', true), 'prod', true)],
  ['an export that nobody uses', checkExports([{ name: 'a', importedBy: [] }], 'prod')],
  ['no name left behind', checkLeftBehind([], 'prod')],
  ['a database', checkDatabase('DATABASE_URL', connected)],
  ['a verified domain', checkSenderDomain('a.org', [{ name: 'a.org', status: 'verified' }])],
  ['all records', checkMailRecords('a.org', records)],
  ['a confirmed subscription', checkSubscriptions([subscription])],
  ['all schedules', checkSchedules([{ name: 'a', isEnabled: true }], 1, 'prod')],
  ['the webhook of each provider', checkEndpoints({ endpoints: [shown, shownOfResend] })],
  ['a provider whose webhooks no command manages', checkEndpoints({ endpoints: [] })],
  ['a signing key that Mux knows', checkMuxSigningKey('k', true)],
  ['Node.js 24', checkNode('24.21.0')],
  ['a running instance', checkInstance({ pid: 1, at: { url: 'http://127.0.0.1:3000' } })],
];

test.each(healthy)('finds no problem in %s', (_, findings) => {
  expect([findings].flat().map(({ status }) => status)).not.toContain('problem');
  expect([findings].flat()).not.toEqual([]);
});

const protect =
  'aws cloudformation update-termination-protection --no-enable-termination-protection';
const deploy = 'npx cdk deploy --all --context stage=prod';

const faulty: readonly (readonly [string, Finding | readonly Finding[], string])[] = [
  ['another account', checkAccount('2', 'prod', { ...settings, account: '1' }), 'AWS_PROFILE'],
  ['no bootstrap stack', checkBootstrap(undefined, '1', 'r'), 'npx cdk bootstrap aws://1/r'],
  ['an old bootstrap stack', checkBootstrap(5, '1', 'r'), 'npx cdk bootstrap aws://1/r'],
  ['a small quota', checkConcurrency(10, 10, 2, settings), '--quota-code L-B99A9384'],
  [
    'a protected failed creation',
    checkStackBeforeDeploy('data', stack('ROLLBACK_COMPLETE', true), 'prod'),
    `${protect} --stack-name data`,
  ],
  [
    'a failed rollback',
    checkStackBeforeDeploy('data', stack('UPDATE_ROLLBACK_FAILED'), 'prod'),
    'npx cdk rollback data --context stage=prod',
  ],
  [
    'a deploy in progress',
    checkStackBeforeDeploy('data', stack('UPDATE_IN_PROGRESS'), 'prod'),
    'wait stack-update-complete',
  ],
  ['no stack', checkDeployedStack('data', undefined, 'prod', true), deploy],
  [
    'a stack without protection',
    checkDeployedStack('data', stack('CREATE_COMPLETE'), 'prod', true),
    deploy,
  ],
  [
    'a rolled back update',
    checkDeployedStack('data', stack('UPDATE_ROLLBACK_COMPLETE', true), 'prod', true),
    'docs/runbook.md',
  ],
  [
    'a removed export in use',
    checkExports([{ name: 'a', importedBy: ['webhooks'] }], 'prod'),
    'npx cdk deploy --exclusively webhooks --context stage=prod',
  ],
  [
    'a secret left behind',
    checkLeftBehind([{ ...secret, isBeingDeleted: false }], 'prod'),
    `--resource-mapping-inline '{"Key":{"Id":"arn:key"}}'`,
  ],
  [
    'a secret that is being deleted',
    checkLeftBehind([{ ...secret, isBeingDeleted: true }], 'prod'),
    'aws secretsmanager restore-secret --secret-id a/key',
  ],
  ['an unknown host', checkDatabase('URL', { outcome: 'failed', code: 'ENOTFOUND' }), 'URL'],
  ['a wrong password', checkDatabase('URL', { outcome: 'failed', code: '28P01' }), 'password'],
  [
    'an untrusted certificate',
    checkDatabase('URL', { outcome: 'failed', code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
    'certificate',
  ],
  ['an unexpected failure', checkDatabase('URL', { outcome: 'failed', code: 'unknown' }), 'psql'],
  ['a read-only user', checkDatabase('URL', { ...connected, mayCreate: false }), 'grant create'],
  ['a domain that Resend lacks', checkSenderDomain('a.org', []), 'https://resend.com/domains'],
  [
    'a domain that is not verified',
    checkSenderDomain('a.org', [{ name: 'a.org', status: 'pending' }]),
    'Verify',
  ],
  ['no SPF', checkMailRecords('a.org', { ...records, spf: [] }), 'TXT send.a.org'],
  [
    'SPF of another sender',
    checkMailRecords('a.org', { ...records, spf: ['v=spf1 -all'] }),
    'send.a.org',
  ],
  ['a revoked DKIM key', checkMailRecords('a.org', { ...records, dkim: ['p='] }), '_domainkey'],
  ['no DMARC', checkMailRecords('a.org', { ...records, dmarc: [] }), '_dmarc.a.org'],
  ['no subscriber', checkSubscriptions([]), 'onCall'],
  ['an open subscription', checkSubscriptions([{ ...subscription, isConfirmed: false }]), 'link'],
  ['a disabled schedule', checkSchedules([{ name: 'a', isEnabled: false }], 1, 'prod'), deploy],
  ['a missing schedule', checkSchedules([], 1, 'prod'), '--revert-drift'],
  [
    'a webhook with a fault',
    checkEndpoints({
      endpoints: [
        { ...shown, status: 'faulty', faults: ['It is disabled.'], repair: 'npm run ops -- fix' },
        shownOfResend,
      ],
    }),
    'npm run ops -- fix',
  ],
  [
    'webhooks that cannot be read',
    checkEndpoints({
      endpoints: [{ ...shown, status: 'unreadable', error: 'Mux answered 401.' }, shownOfResend],
    }),
    'Store a key of mux',
  ],
  ['a signing key that Mux lacks', checkMuxSigningKey('k', false), 'signing-keys'],
  ['Node.js 20', checkNode('20.1.0'), 'npm ci'],
  ['no instance', checkInstance(undefined), 'npm start'],
];

test.each(faulty)('finds a problem in %s, with its repair on one line', (_, findings, repair) => {
  const problems = [findings].flat().filter(({ status }) => status === 'problem');

  expect(problems).toHaveLength(1);
  expect(problems[0]?.fix).toContain(repair);
  expect(problems[0]?.fix).not.toContain('\n');
});

test('keeps the URL of a pager out of its output', () => {
  const endpoint = 'https://events.pagerduty.com/integration/s3cr3t/enqueue';
  const findings = checkSubscriptions([{ protocol: 'https', endpoint, isConfirmed: false }]);

  expect(JSON.stringify(findings)).not.toContain('s3cr3t');
});

test.each([
  ['Portal <a@mail.example.org>', 'mail.example.org'],
  ['a@Example.org', 'example.org'],
])('reads the domain of %s', (mailFrom, domain) => {
  expect(domainOf(mailFrom)).toBe(domain);
});

test('lists only named secrets and buses of the data stack', () => {
  const resource = (Type: string, Name: unknown) => ({ Type, Properties: { Name } });
  const data = {
    Resources: {
      Secret: resource('AWS::SecretsManager::Secret', 'a/key'),
      Other: resource('AWS::SecretsManager::Secret', undefined),
      Bus: resource('AWS::Events::EventBus', 'bus'),
      Queue: resource('AWS::SQS::Queue', 'queue'),
    },
    Rules: {},
    Outputs: {},
  };

  expect(namedResources(data).map(({ id }) => id)).toEqual(['Secret', 'Bus']);
});
