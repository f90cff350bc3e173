import type { Provider } from '../catalog/providers.ts';
import type { ListVersions } from '../platform/aws/secret-versions.ts';
import type { Clock } from '../platform/clock.ts';
import type { PlanRotation, RotationPlan } from './rotation.ts';
import { evaluateAge, type SecretAgeStatus, wholeDays } from './secret-age.ts';
import { evaluatePreviousVersion, type ReadUsage } from './version-usage.ts';

/** State of one provider's signing secret, or of a secret that AWS generated for this system. */
export interface SecretSummary {
  /** The provider, or the part of this system that uses the secret. */
  readonly provider: string;
  /** A generated secret has no due date: nobody outside AWS knows its value. */
  readonly status: SecretAgeStatus | 'generated' | 'not stored';
  readonly ageDays?: number;
  readonly rotatedAt?: Date;
  readonly dueAt?: Date;
  readonly alarmAt?: Date;
  readonly previous?: 'none' | 'valid';
  readonly previousLastUsed?: Date | 'not in 14 days' | undefined;
  /**
   * Earliest time at which the previous version can be dropped; undefined while that depends on a
   * delivery.
   */
  readonly previousUntil?: Date | undefined;
}

/**
 * Outcome of one `secrets rotate` command. `performed` is false for a dry run and for an action
 * that changes nothing.
 */
export interface RotationResult extends Omit<RotationPlan, 'perform'> {
  readonly provider: Provider;
  readonly performed: boolean;
}

export interface SecretOperations {
  list(): Promise<readonly SecretSummary[]>;
  /**
   * Performs the next action of a rotation. May be called at any time; continues where the last
   * call ended.
   */
  rotate(
    provider: Provider,
    options: { readonly dryRun: boolean; readonly force: boolean },
  ): Promise<RotationResult>;
}

export interface SecretOperationsDeps {
  /** Name of each provider's signing secret, by provider. */
  readonly secretIds: Readonly<Record<string, string>>;
  /** Name of each generated secret, by the part of this system that uses it. */
  readonly generatedSecretIds: Readonly<Record<string, string>>;
  readonly listVersions: ListVersions;
  readonly readUsage: ReadUsage;
  /** Rotations of the providers that have calls to change a signing secret. */
  readonly rotations: ReadonlyMap<Provider, PlanRotation>;
  readonly now: Clock;
}

export function makeSecretOperations(deps: SecretOperationsDeps): SecretOperations {
  const { secretIds, generatedSecretIds, rotations } = deps;
  return {
    list: () =>
      Promise.all([
        ...Object.entries(secretIds).map(([provider, secretId]) =>
          summarize(provider, secretId, deps),
        ),
        ...Object.entries(generatedSecretIds).map(([user, secretId]) =>
          summarizeGenerated(user, secretId, deps),
        ),
      ]),
    async rotate(provider, { dryRun, force }) {
      const planRotation = rotations.get(provider);
      if (planRotation === undefined) return { provider, performed: false, ...notRotatable };
      const { perform, ...plan } = await planRotation(force);
      const performed = perform !== undefined && !dryRun;
      if (performed) await perform();
      return { provider, performed, ...plan };
    },
  };
}

const notRotatable: RotationPlan = {
  action: 'blocked',
  message: 'This provider has no call that changes a signing secret, so no command rotates it.',
  nextStep:
    'Change the secret in the provider’s dashboard, then store it with put-secret-value. ' +
    'The previous secret stays valid.',
};

async function summarize(
  provider: string,
  secretId: string,
  { listVersions, readUsage, now }: SecretOperationsDeps,
): Promise<SecretSummary> {
  const at = now();
  const [versions, usage] = await Promise.all([listVersions(secretId), readUsage(provider, at)]);
  if (versions.current === undefined) return { provider, status: 'not stored' };
  const { createdAt } = versions.current;
  const { status, ageSeconds, remindAt, alarmAt } = evaluateAge(createdAt, at);
  const summary: SecretSummary = {
    provider,
    status,
    ageDays: wholeDays(ageSeconds),
    rotatedAt: createdAt,
    dueAt: remindAt,
    alarmAt,
    previous: 'none',
  };
  if (versions.previous === undefined) return summary;
  const previousUsage = evaluatePreviousVersion(versions, usage, at);
  return {
    ...summary,
    previous: 'valid',
    previousLastUsed: usage.previous === undefined ? 'not in 14 days' : earlier(usage.previous, at),
    previousUntil: previousUsage.status === 'in-use' ? previousUsage.until : undefined,
  };
}

async function summarizeGenerated(
  user: string,
  secretId: string,
  { listVersions, now }: SecretOperationsDeps,
): Promise<SecretSummary> {
  const { current, previous } = await listVersions(secretId);
  if (current === undefined) return { provider: user, status: 'not stored' };
  return {
    provider: user,
    status: 'generated',
    ageDays: wholeDays(evaluateAge(current.createdAt, now()).ageSeconds),
    rotatedAt: current.createdAt,
    previous: previous === undefined ? 'none' : 'valid',
  };
}

const earlier = (one: Date, other: Date) => (one < other ? one : other);
