import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { operatorSecretFault } from '../../lambdas/providers/operator-secret-fault.ts';
import { UserError } from '../user-error.ts';
import { ACCOUNT_ID } from './account-id.ts';
import { generateSecret } from './generate-secret.ts';

export interface LocalSecret {
  readonly name: string;
  readonly arn: string;
  /** Versions by staging label, as Secrets Manager stores them. */
  readonly versions: Readonly<Record<string, SecretVersion>>;
}

export interface SecretVersion {
  readonly id: string;
  readonly createdAt: Date;
  readonly value: string;
}

export interface LocalSecrets {
  /** Finds a secret by name, ARN, or ARN without its random suffix. */
  find(secretId: string): LocalSecret | undefined;
  /**
   * Stores a version as `put-secret-value` does: the current version becomes the previous one.
   * An empty value removes the current version, as for a secret that has no value yet.
   */
  put(name: string, value: string, versionId?: string): void;
  /** Adds secrets, as a deploy does. A secret that exists keeps its versions. */
  add(names: readonly string[]): void;
  /** Replaces the staging labels. @param stages Version id for each label. */
  setStages(name: string, stages: Readonly<Record<string, string | undefined>>): void;
  /** Moves the creation of every version into the past, for tests of long periods. */
  age(milliseconds: number): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface SecretStoreOptions {
  readonly names: readonly string[];
  readonly region: string;
  /** A Postgres URL, or the JSON of a pooler's two URLs. */
  readonly databaseSecret: string;
  readonly environment: Environment;
  /** Stores generated values, so that a signature from an earlier run stays valid. */
  readonly file: string;
}

/**
 * Gives every secret a value, as an operator does after a deployment.
 * Generates values for which the environment has no real key.
 */
export function openSecrets({
  names,
  region,
  databaseSecret,
  environment,
  file,
}: SecretStoreOptions): LocalSecrets {
  const generated = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
    : {};
  const generatedValue = (path: string) => {
    generated[path] ??= generateSecret(path);
    return generated[path];
  };
  const create = (name: string): LocalSecret => {
    // motion-mavericks/<stage>/<path>
    const path = name.split('/').slice(2).join('/');
    const given = readFromEnvironment(path, environment);
    if (given !== undefined) checkGiven(name, given);
    const value = ['database', 'aurora/database'].includes(path)
      ? databaseSecret
      : (given ?? generatedValue(path));
    const arn = `arn:aws:secretsmanager:${region}:${ACCOUNT_ID}:secret:${name}-LocaLx`;
    return { name, arn, versions: { AWSCURRENT: newVersion(value) } };
  };
  const createAll = (created: readonly string[]) => {
    const secrets = created.map(create);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(generated, null, 2)}\n`, { mode: 0o600 });
    return secrets;
  };
  return makeSecretStore(createAll(names), createAll);
}

const newVersion = (value: string, id: string = randomUUID()): SecretVersion => ({
  id,
  createdAt: new Date(),
  value,
});

function makeSecretStore(
  initial: readonly LocalSecret[],
  create: (names: readonly string[]) => readonly LocalSecret[],
): LocalSecrets {
  const secrets = new Map(initial.map((secret) => [secret.name, secret]));
  const named = (name: string) => {
    const secret = secrets.get(name);
    if (secret === undefined) throw new Error(`There is no secret ${name}.`);
    return secret;
  };
  const setVersions = (secret: LocalSecret, versions: LocalSecret['versions']) =>
    secrets.set(secret.name, { ...secret, versions });
  return {
    find: (secretId) =>
      secrets.get(secretId) ??
      [...secrets.values()].find(({ arn }) => arn === secretId || arn.slice(0, -7) === secretId),
    put(name, value, versionId) {
      const secret = named(name);
      const current = secret.versions['AWSCURRENT'];
      setVersions(secret, {
        ...(current === undefined ? {} : { AWSPREVIOUS: current }),
        ...(value === '' ? {} : { AWSCURRENT: newVersion(value, versionId) }),
      });
    },
    add(names) {
      const missing = names.filter((name) => !secrets.has(name));
      for (const secret of create(missing)) secrets.set(secret.name, secret);
    },
    setStages(name, stages) {
      const secret = named(name);
      const known = Object.values(secret.versions);
      const versions = Object.entries(stages).flatMap(([stage, id]) => {
        const version = known.find((one) => one.id === id);
        return version === undefined ? [] : [[stage, version] as const];
      });
      setVersions(secret, Object.fromEntries(versions));
    },
    age(milliseconds) {
      for (const secret of secrets.values()) {
        const older = Object.entries(secret.versions).map(([stage, version]) => {
          const createdAt = new Date(version.createdAt.getTime() - milliseconds);
          return [stage, { ...version, createdAt }] as const;
        });
        setVersions(secret, Object.fromEntries(older));
      }
    },
  };
}

/** @throws UserError for a value with which every delivery or call would fail. */
function checkGiven(name: string, value: string): void {
  const fault = operatorSecretFault(name, value);
  if (fault !== undefined)
    throw new UserError(
      `The environment has an unusable value for the secret ${name}. ${fault} ` +
        'Correct the variable, or remove it to work with the sandbox.',
    );
}

/** Returns a real key from the environment, for work with the real providers. */
function readFromEnvironment(path: string, environment: Environment): string | undefined {
  if (path === 'resend/api-key' || path === 'resend/webhooks-api-key')
    return environment['RESEND_API_KEY'] || undefined;
  if (path === 'mux/playback-signing-key') {
    const { MUX_SIGNING_KEY_ID: keyId, MUX_SIGNING_KEY_PRIVATE: privateKey } = environment;
    return keyId && privateKey ? JSON.stringify({ keyId, privateKey }) : undefined;
  }
  if (/^mux\/(?:webhooks-|reconcile-)?api-token$/.test(path)) {
    const { MUX_TOKEN_ID: tokenId, MUX_TOKEN_SECRET: tokenSecret } = environment;
    return tokenId && tokenSecret ? JSON.stringify({ tokenId, tokenSecret }) : undefined;
  }
  const [provider = '', kind] = path.split('/');
  return kind === 'webhook-signing-secret'
    ? environment[`${provider.toUpperCase()}_WEBHOOK_SECRET`] || undefined
    : undefined;
}
