import type { RotatableProvider } from '../catalog/providers.ts';
import type { ListVersions } from '../platform/aws/secret-versions.ts';
import type { Clock } from '../platform/clock.ts';
import type { PlanRotation } from './rotation.ts';
import { judgeAge, wholeDays } from './secret-age.ts';
import { judgePrevious, type ReadUse } from './version-usage.ts';

export interface SecretOperations {
  list(): Promise<{ readonly secrets: readonly object[] }>;
  /** One step. It may be asked for at any time, and goes on from wherever the last one ended. */
  rotate(
    provider: RotatableProvider,
    how: { readonly dryRun: boolean; readonly anew: boolean },
  ): Promise<Readonly<Record<string, unknown>>>;
}

export interface SecretOperationsDeps {
  /** By provider, the name of its signing secret. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly listVersions: ListVersions;
  readonly readUse: ReadUse;
  readonly rotations: Readonly<Record<RotatableProvider, PlanRotation>>;
  readonly now: Clock;
}

export function makeSecretOperations({
  secrets,
  listVersions,
  readUse,
  rotations,
  now,
}: SecretOperationsDeps) {
  return {
    async list() {
      return { secrets: await Promise.all(Object.entries(secrets).map((one) => describe(...one))) };
    },
    async rotate(provider, { dryRun, anew }) {
      const { perform, says, ...plan } = await rotations[provider](anew);
      if (dryRun || perform === undefined)
        return { provider, ...(perform ? { would: says } : { says }), ...plan };
      await perform();
      return { provider, did: says, ...plan };
    },
  } satisfies SecretOperations;

  async function describe(provider: string, secretId: string): Promise<object> {
    const [versions, use] = await Promise.all([listVersions(secretId), readUse(provider, now())]);
    if (versions.current === undefined) return { provider, standing: 'none stored' };
    const { standing, ageSeconds, remindAt, alarmAt } = judgeAge(versions.current.createdAt, now());
    const previous = { previous: 'none', previousLastUsed: undefined, previousUntil: undefined };
    const held = judgePrevious(versions, use, now());
    const valid = {
      previous: 'valid',
      previousLastUsed: use.previous
        ? new Date(Math.min(use.previous.getTime(), now().getTime()))
        : 'not in 14 days',
      // What it waits for without a time is a delivery.
      previousUntil: held.verdict === 'in-use' ? held.until : undefined,
    };
    return {
      ...{
        provider,
        standing,
        ageDays: wholeDays(ageSeconds),
        rotatedAt: versions.current.createdAt,
      },
      ...{ dueAt: remindAt, alarmAt, ...(versions.previous ? valid : previous) },
    };
  }
}
