import { generateKeyPairSync, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LocalSecret {
  readonly name: string;
  readonly arn: string;
  /** By staging label, as Secrets Manager keeps them. */
  readonly versions: Readonly<Record<string, string>>;
  /** The same versions, without their values. */
  readonly labels: Readonly<Record<string, LocalVersion>>;
}

export interface LocalVersion {
  readonly id: string;
  readonly createdAt: Date;
}

export interface LocalSecrets {
  /** By name, ARN, or ARN without its random end. */
  find(secretId: string): LocalSecret | undefined;
  /** As `put-secret-value` does: what was current is then previous. An empty text takes the secret's value away. */
  put(name: string, value: string, versionId?: string): void;
  /** Labels change places; a secret without its current version is one that was never filled. */
  relabel(name: string, stages: Readonly<Record<string, string | undefined>>): void;
  /** Makes every version older, where a test cannot wait. */
  age(milliseconds: number): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface SecretSource {
  readonly names: readonly string[];
  readonly region: string;
  readonly databaseUrl: string;
  readonly environment: Environment;
  /** Values that were made up are kept here, so that a signature of yesterday's would still be one. */
  readonly file: string;
}

/** The operator's part of a deployment: a value for every secret, made up where the environment brings no real one. */
export function openSecrets({
  names,
  region,
  databaseUrl,
  environment,
  file,
}: SecretSource): LocalSecrets {
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
    : {};
  const madeUp = (path: string) => {
    kept[path] ??= makeUp(path);
    return kept[path];
  };
  const secrets = new Map<string, LocalSecret>();
  for (const name of names) {
    // motion-mavericks/<stage>/<path>
    const path = name.split('/').slice(2).join('/');
    const value = ['database', 'aurora/database'].includes(path)
      ? databaseUrl
      : (fromEnvironment(path, environment) ?? madeUp(path));
    const arn = `arn:aws:secretsmanager:${region}:000000000000:secret:${name}-LocaLx`;
    const labels = { AWSCURRENT: { id: randomUUID(), createdAt: new Date() } };
    secrets.set(name, { name, arn, versions: { AWSCURRENT: value }, labels });
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });

  return keep(secrets);
}

function keep(secrets: Map<string, LocalSecret>): LocalSecrets {
  const named = (name: string) => {
    const secret = secrets.get(name);
    if (secret === undefined) throw new Error(`There is no secret ${name}.`);
    return secret;
  };
  const set = (secret: LocalSecret, kept: readonly (readonly [string, string, LocalVersion])[]) =>
    secrets.set(secret.name, {
      ...secret,
      versions: Object.fromEntries(kept.map(([stage, value]) => [stage, value])),
      labels: Object.fromEntries(kept.map(([stage, , version]) => [stage, version])),
    });
  const entriesOf = ({ versions, labels }: LocalSecret) =>
    Object.entries(labels).map(
      ([stage, version]) => [stage, versions[stage] ?? '', version] as const,
    );

  return {
    find: (secretId) =>
      secrets.get(secretId) ??
      [...secrets.values()].find(({ arn }) => arn === secretId || arn.slice(0, -7) === secretId),
    put(name, value, versionId = randomUUID()) {
      const secret = named(name);
      const current = entriesOf(secret).find(([stage]) => stage === 'AWSCURRENT');
      set(secret, [
        ...(current ? [['AWSPREVIOUS', current[1], current[2]] as const] : []),
        ...(value === ''
          ? []
          : [['AWSCURRENT', value, { id: versionId, createdAt: new Date() }] as const]),
      ]);
    },
    relabel(name, stages) {
      const secret = named(name);
      const kept = Object.entries(stages).map(([stage, id]) => {
        const found = entriesOf(secret).find(([, , version]) => version.id === id);
        return found && ([stage, found[1], found[2]] as const);
      });
      set(
        secret,
        kept.filter((one) => one !== undefined),
      );
    },
    age(milliseconds) {
      const older = ({ id, createdAt }: LocalVersion) => ({
        id,
        createdAt: before(createdAt, milliseconds),
      });
      for (const secret of secrets.values())
        set(
          secret,
          entriesOf(secret).map(
            ([stage, value, version]) => [stage, value, older(version)] as const,
          ),
        );
    },
  };
}

const before = (date: Date, milliseconds: number) => new Date(date.getTime() - milliseconds);

/** Real keys, where somebody wants to work with the real providers. */
function fromEnvironment(path: string, environment: Environment): string | undefined {
  if (path === 'resend/api-key' || path === 'resend/webhooks-api-key')
    return environment['RESEND_API_KEY'] || undefined;
  if (path === 'mux/playback-signing-key') {
    const { MUX_SIGNING_KEY_ID: keyId, MUX_SIGNING_KEY_PRIVATE: privateKey } = environment;
    return keyId && privateKey ? JSON.stringify({ keyId, privateKey }) : undefined;
  }
  if (path === 'mux/api-token' || path === 'mux/webhooks-api-token') {
    const { MUX_TOKEN_ID: tokenId, MUX_TOKEN_SECRET: tokenSecret } = environment;
    return tokenId && tokenSecret ? JSON.stringify({ tokenId, tokenSecret }) : undefined;
  }
  const [provider = '', kind] = path.split('/');
  return kind === 'webhook-signing-secret'
    ? environment[`${provider.toUpperCase()}_WEBHOOK_SECRET`] || undefined
    : undefined;
}

/** In the form in which each provider hands it out. */
function makeUp(path: string): string {
  if (path === 'mux/playback-signing-key') return JSON.stringify(playbackSigningKey());
  if (path === 'mux/webhook-signing-secret') return randomText(lowerCase, 32);
  if (path === 'mux/api-token' || path === 'mux/webhooks-api-token')
    return JSON.stringify({ tokenId: randomUUID(), tokenSecret: randomText(lowerCase, 75) });
  if (path.endsWith('/webhook-signing-secret'))
    return `whsec_${randomBytes(24).toString('base64')}`;
  if (path === 'resend/api-key' || path === 'resend/webhooks-api-key')
    return `re_${randomText('ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789', 8)}_local`;
  return randomText(lowerCase, 32);
}

const lowerCase = 'abcdefghijklmnopqrstuvwxyz0123456789';

function playbackSigningKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  return {
    keyId: randomText('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 46),
    privateKey: Buffer.from(pem).toString('base64'),
  };
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
