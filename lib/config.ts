import { z } from 'zod';

const oneOf = <const Values extends readonly [number, ...number[]]>(...values: Values) =>
  z.literal(values, { error: `expected one of ${values.join(', ')}` });

const mailAddress = z.email('expected a mail address');

const isBatch = z.object({ batchSize: z.number(), batchWindowSeconds: z.number() });

/** What differs between stages, and nothing else; the values are in cdk.json, under `context.stages`. */
const stageSettings = z.strictObject({
  /** Where it is set, the CLI refuses to deploy the stage into another account. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account')
    .optional(),
  /** The portal promises its members that their data stays in Australia. */
  region: z.literal('ap-southeast-2'),
  /** Any Postgres that a secret leads to over the internet, or one in a VPC, both of which the data stack then makes. */
  database: z.enum(['external', 'aurora']),
  /** Of that one. Its capacity is in ACUs of 2 GiB each, and cannot be 0: a job every minute would not let it rest. */
  aurora: z
    .strictObject({
      minCapacity: z.number().min(0.5).max(256).multipleOf(0.5),
      maxCapacity: z.number().min(1).max(256).multipleOf(0.5),
      backupDays: z.int().min(1).max(35),
    })
    .refine(({ minCapacity, maxCapacity }) => minCapacity <= maxCapacity, {
      path: ['maxCapacity'],
      error: 'expected at least minCapacity',
    }),
  /** Of an external database; `motion-mavericks/<stage>/database` where it is left out. */
  databaseSecretName: z
    .string()
    .regex(/^[\w/+=.@-]{1,512}$/, 'expected letters, digits and /_+=.@-')
    .optional(),
  mailFrom: z
    .string()
    .regex(/^([^<>@]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'expected Name <address>'),
  portalUrl: z.string().regex(/^https:\/\/[^\s/?#]+$/, 'expected https://<host> and no path'),
  /** People who are written to, and have no account at the portal. */
  contacts: z.strictObject({
    support: mailAddress,
    reliabilityPartner: mailAddress,
    complianceAdvisor: mailAddress,
  }),
  /** Whom the on-call topic tells; AWS asks each to confirm. A pager (PagerDuty, Opsgenie) is an HTTPS endpoint. */
  onCall: z.strictObject({
    emails: z.array(mailAddress),
    httpsEndpoints: z.array(z.url({ protocol: /^https$/, error: 'expected an https URL' })),
    /** Somebody has to authorize the workspace once, in the console of Amazon Q Developer in chat applications. */
    slack: z
      .strictObject({
        workspaceId: z
          .string()
          .regex(/^T[0-9A-Z]{1,254}$/, 'expected the id of a Slack workspace, T…'),
        channelId: z
          .string()
          .regex(/^[CG][0-9A-Z]{1,254}$/, 'expected the id of a Slack channel, C… or G…'),
      })
      .optional(),
  }),
  /** Where docs/runbook.md can be read by whoever is woken; each alarm adds the section. */
  runbookUrl: z.url({ protocol: /^https$/, error: 'expected an https URL' }),
  alarms: z.strictObject({
    /** Below so many attempts within 10 minutes, no failure rate is formed; at 0 a single failure may be 100 %. */
    failureRateMinimumVolume: z.int().min(0).max(10_000),
    /** More deliveries than this that are not genuine, of one provider, are worth a notice. */
    rejectedInQuarterHour: z.int().min(1).max(1_000_000),
    silenceMinutes: z.int().min(15).max(1_440),
  }),
  /** When bounces are reason enough to stop mailing an address. A complaint always is. */
  suppressionRule: z.strictObject({
    permanentBounces: z.int().min(1).max(100),
    transientBounces: z.int().min(1).max(100),
    transientWindowDays: z.int().min(1).max(365),
  }),
  shareLinks: z.strictObject({
    /** One mail to each admin for a run that expired some. The owners get theirs in any case. */
    adminDigest: z.boolean(),
    /** How far ahead a link may expire. */
    maxDays: z.int().min(1).max(3_650),
  }),
  /** How long a command of the portal's backend is given the same answer for the same key. */
  idempotencyKeyHours: z.int().min(1).max(168),
  /** Of what the daily prune removes. An event must be known for longer than anybody may send it again. */
  retentionDays: z.strictObject({
    webhookBodies: z.int().min(1).max(400),
    webhookEvents: z.int().min(40).max(3_650),
    outbox: z.int().min(30).max(400),
    /** More than the pause of a weekly job, whose last success must be known. */
    jobRuns: z.int().min(15).max(400),
  }),
  residency: z.strictObject({
    /** Where the assets may be stored; the weekly report lists what is elsewhere. */
    allowedRegions: z
      .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected AWS regions'))
      .min(1),
    /** Nobody, not even root, deletes evidence in this time where the mode is COMPLIANCE. */
    evidenceLock: z.strictObject({
      mode: z.enum(['GOVERNANCE', 'COMPLIANCE']),
      days: z.int().min(1).max(36_500),
    }),
  }),
  api: z.strictObject({
    requestsPerSecond: z.int().min(1).max(10_000),
    burst: z.int().min(1).max(5_000),
  }),
  processor: z
    .strictObject({
      /** Each takes a connection to Postgres. 2 and 1000 are Lambda's limits for a queue. */
      maxConcurrency: z.int().min(2).max(1_000),
      batchSize: z.int().min(1).max(100),
      batchWindowSeconds: z.int().min(0).max(60),
    })
    .refine(({ batchSize, batchWindowSeconds }) => batchSize <= 10 || batchWindowSeconds >= 1, {
      path: ['batchWindowSeconds'],
      when: ({ value }) => isBatch.safeParse(value).success,
      error: 'expected at least 1, as Lambda asks for where batchSize is above 10',
    }),
  /** What CloudWatch Logs offers. */
  logRetentionDays: oneOf(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365),
  archiveDays: z.int().min(1).max(3_650),
  terminationProtection: z.boolean(),
  /** Whether a new verifier takes a tenth of the deliveries first, for five minutes in which a deploy waits. */
  safeDeploys: z.boolean('expected true or false'),
});

export type StageSettings = z.infer<typeof stageSettings>;

export interface StageConfig extends StageSettings {
  readonly stage: string;
  readonly databaseSecretName: string;
  /** Of this deploy alone: `--context canary=skip`. */
  readonly skipsCanary: boolean;
}

export interface Context {
  tryGetContext(key: string): unknown;
}

/** @throws one error that lists everything that is wrong with the stage, what was given and what is allowed. */
export function readConfig(context: Context): StageConfig {
  const stages = context.tryGetContext('stages') as Readonly<Record<string, unknown>>;
  const stage = String(context.tryGetContext('stage') ?? 'dev');
  if (!Object.hasOwn(stages, stage)) {
    throw new ConfigurationError(
      `cdk.json has no stage '${stage}'. It has ${Object.keys(stages).join(', ')}.`,
    );
  }
  const parsed = stageSettings.safeParse(stages[stage], { reportInput: true });
  if (!parsed.success) {
    throw new ConfigurationError(
      [`Stage '${stage}' of cdk.json:`, ...parsed.error.issues.map(describe)].join('\n  - '),
    );
  }
  // Never one name for both: the stage may change from one database to the other while it has the secrets of both.
  const generated = `motion-mavericks/${stage}/aurora/database`;
  const { database, databaseSecretName: given = `motion-mavericks/${stage}/database` } =
    parsed.data;
  const databaseSecretName = database === 'aurora' ? generated : given;
  return {
    ...parsed.data,
    databaseSecretName,
    stage,
    skipsCanary: readCanary(context.tryGetContext('canary')),
  };
}

function readCanary(given: unknown): boolean {
  if (given === undefined || given === 'skip') return given === 'skip';
  throw new ConfigurationError(
    `--context canary=… takes 'skip' and nothing else; got ${JSON.stringify(given)}. Leave it out for a deploy with a canary.`,
  );
}

/** Its message is all that there is to say: where it was thrown helps nobody who mends cdk.json. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigurationError';
    this.stack = `${this.name}: ${message}`;
  }
}

function describe({ path, message, input, code }: z.core.$ZodIssue): string {
  const setting = path.join('.') || 'its settings';
  return code === 'unrecognized_keys' || code === 'custom'
    ? `${setting}: ${message}`
    : `${setting}: ${message}; got ${JSON.stringify(input) ?? 'nothing'}`;
}
