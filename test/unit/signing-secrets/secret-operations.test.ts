import { expect, jest, test } from '@jest/globals';
import type { RotationPlan } from '../../../lambdas/signing-secrets/rotation.ts';
import { makeSecretOperations } from '../../../lambdas/signing-secrets/secret-operations.ts';

const now = new Date('2026-03-10T00:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const passive: RotationPlan = { action: 'wait', message: 'Waits.', nextStep: 'Run it again.' };

function createOperations(plan: RotationPlan, previousCreatedAt?: Date) {
  const planRotation = jest.fn(async (_force: boolean) => plan);
  const operations = makeSecretOperations({
    secretIds: { mux: 'dev/mux', resend: 'dev/resend' },
    generatedSecretIds: { 'portal-api': 'dev/portal-api/response-secret' },
    listVersions: async (secretId) => ({
      current: secretId === 'dev/resend' ? undefined : { id: 'v2', createdAt: daysAgo(170) },
      previous: previousCreatedAt && { id: 'v1', createdAt: previousCreatedAt },
    }),
    readUsage: async () => ({ current: daysAgo(0.5), previous: daysAgo(0.1) }),
    rotations: new Map([['mux', planRotation]]),
    now: () => now,
  });
  return { operations, planRotation };
}

test('performs an action and returns it without its function', async () => {
  const perform = jest.fn(async () => {});
  const { operations, planRotation } = createOperations({ ...passive, action: 'drop', perform });

  await expect(operations.rotate('mux', { dryRun: false, force: true })).resolves.toEqual({
    provider: 'mux',
    action: 'drop',
    performed: true,
    message: 'Waits.',
    nextStep: 'Run it again.',
  });
  expect(perform).toHaveBeenCalledTimes(1);
  expect(planRotation).toHaveBeenCalledWith(true);
});

test('performs nothing in a dry run', async () => {
  const perform = jest.fn(async () => {});
  const { operations } = createOperations({ ...passive, action: 'drop', perform });

  await expect(operations.rotate('mux', { dryRun: true, force: false })).resolves.toMatchObject({
    action: 'drop',
    performed: false,
  });
  expect(perform).not.toHaveBeenCalled();
});

test('explains that a provider without calls for it has no rotation', async () => {
  const { operations, planRotation } = createOperations(passive);

  await expect(operations.rotate('resend', { dryRun: false, force: true })).resolves.toMatchObject({
    provider: 'resend',
    action: 'blocked',
    performed: false,
    nextStep: expect.stringContaining('put-secret-value'),
  });
  expect(planRotation).not.toHaveBeenCalled();
});

test('reports a passive action as not performed', async () => {
  const { operations } = createOperations(passive);

  await expect(operations.rotate('mux', { dryRun: false, force: false })).resolves.toMatchObject({
    action: 'wait',
    performed: false,
  });
});

test('lists age, due date and the use of the previous version', async () => {
  const { operations } = createOperations(passive, daysAgo(340));

  await expect(operations.list()).resolves.toEqual([
    {
      provider: 'mux',
      status: 'due',
      ageDays: 170,
      rotatedAt: daysAgo(170),
      dueAt: daysAgo(4),
      alarmAt: daysAgo(-10),
      previous: 'valid',
      previousLastUsed: daysAgo(0.1),
      previousUntil: new Date(daysAgo(0.1).getTime() + 27 * 3_600_000),
    },
    { provider: 'resend', status: 'not stored' },
    {
      provider: 'portal-api',
      status: 'generated',
      ageDays: 170,
      rotatedAt: daysAgo(170),
      previous: 'valid',
    },
  ]);
});
