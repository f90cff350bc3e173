import { describe, expect, test } from '@jest/globals';
import { commandNames, commandPath } from '../../../lambdas/catalog/operator-commands.ts';
import { verifyCaller } from '../../../lambdas/operations/verified-caller.ts';
import { operatorEvent } from '../../../local/console/operator-event.ts';

const served = { apiId: 'local', accountId: '000000000000', dashboardRole: 'ReplayWidgetRole' };
const event = operatorEvent('events list', {}) as Record<string, unknown>;
const context = event['requestContext'] as Record<string, unknown>;
const withContext = (changes: object) => ({ ...event, requestContext: { ...context, ...changes } });
const signedBy = (userArn: unknown) => withContext({ authorizer: { iam: { userArn } } });

test.each(commandNames)('accepts %s on its own route', (command) => {
  expect(verifyCaller(operatorEvent(command, {}), served)).toMatchObject({
    status: 'verified',
    caller: { command, operator: 'arn:aws:iam::000000000000:user/local-console' },
  });
});

test('records a session of IAM Identity Center with its address', () => {
  const arn = 'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Ops_1/mira@example.org';

  expect(verifyCaller(signedBy(arn), served)).toMatchObject({ caller: { operator: arn } });
});

test('records what the dashboard does as unverified', () => {
  const arn = 'arn:aws:sts::123456789012:assumed-role/ReplayWidgetRole/replay';

  expect(verifyCaller(signedBy(arn), served)).toMatchObject({
    caller: { operator: `unverified dashboard (${arn})` },
  });
});

describe('rejects', () => {
  const path = commandPath('events list');
  test.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'events list'],
    ['an empty event', {}],
    ['the test event of the Lambda console', { key1: 'value1' }],
    ['an event without a context', { ...event, requestContext: undefined }],
    ['the payload format 1.0', { ...event, version: '1.0' }],
    ['another API', withContext({ apiId: 'other' })],
    ['another account', withContext({ accountId: '111111111111' })],
    ['another stage', withContext({ stage: 'test' })],
    ['an unknown route', { ...event, routeKey: 'POST /api/v1/operations/events/drop' }],
    ['the catch-all route', { ...event, routeKey: '$default' }],
    ['the route of another command', { ...event, routeKey: `POST ${commandPath('jobs run')}` }],
    ['two routes', withContext({ routeKey: `POST ${commandPath('jobs run')}` })],
    ['another path', { ...event, rawPath: '/api/v1/operations/jobs/run' }],
    ['another method', withContext({ http: { method: 'GET', path } })],
    ['a request without an authorizer', withContext({ authorizer: undefined })],
    ['a JWT instead of an AWS identity', withContext({ authorizer: { jwt: { claims: {} } } })],
    ['an identity that is no ARN', signedBy('mira')],
    ['an identity that is no text', signedBy({ arn: 'x' })],
    ['an assumed dashboard', signedBy('arn:aws:cloudwatch::123456789012:dashboard/Webhooks')],
    ['an event without a request id', withContext({ requestId: '' })],
  ])('%s', (_, foreign) => {
    expect(verifyCaller(foreign, served)).toEqual({
      status: 'foreign',
      reason: expect.stringMatching(/\.$/),
    });
  });
});
