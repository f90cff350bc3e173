import { z } from 'zod';

const oneOf = <const Values extends readonly [number, ...number[]]>(...values: Values) =>
  z.literal(values, { error: `expected one of ${values.join(', ')}` });

const mailAddress = z.email('expected a mail address');

const batchSettings = z.object({ batchSize: z.number(), batchWindowSeconds: z.number() });

/** Lists every setting that differs between stages. Values: cdk.json, `context.stages`. */
const stageSettings = z.strictObject({
  /** If set, the CLI refuses to deploy the stage into another account. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account')
    .optional(),
  /** The portal promises its members that their data stays in Australia. */
  region: z.literal('ap-southeast-2'),
  /**
   * `external` is any Postgres on the internet. For `aurora` the data stack creates it in a VPC.
   */
  database: z.enum(['external', 'aurora']),
  /**
   * Settings of `aurora`. Capacity is in ACUs of 2 GiB each. The minimum cannot be 0, because a job
   * that runs each minute would keep the cluster from pausing.
   */
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
  /** Secret of an external database. @default motion-mavericks/<stage>/database */
  databaseSecretName: z
    .string()
    .regex(/^[\w/+=.@-]{1,512}$/, 'expected letters, digits and /_+=.@-')
    .optional(),
  mailFrom: z
    .string()
    .regex(/^([^<>@]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'expected Name <address>'),
  portalUrl: z.string().regex(/^https:\/\/[^\s/?#]+$/, 'expected https://<host> and no path'),
  /** Recipients of mails who have no account at the portal. */
  contacts: z.strictObject({
    support: mailAddress,
    reliabilityPartner: mailAddress,
    complianceAdvisor: mailAddress,
  }),
  /**
   * Subscribers of the on-call topic. AWS asks each to confirm. A pager (PagerDuty, Opsgenie) is an
   * HTTPS endpoint.
   */
  onCall: z.strictObject({
    emails: z.array(mailAddress),
    httpsEndpoints: z.array(z.url({ protocol: /^https$/, error: 'expected an https URL' })),
    /**
     * The workspace must be authorized once, in the console of Amazon Q Developer in chat
     * applications.
     */
    slack: z
      .strictObject({
        workspaceId: z
          .string()
          .regex(/^T[0-9A-Z]{1,254}$/, 'expected the id of a Slack workspace, T...'),
        channelId: z
          .string()
          .regex(/^[CG][0-9A-Z]{1,254}$/, 'expected the id of a Slack channel, C... or G...'),
      })
      .optional(),
  }),
  /** URL at which the people on call can read docs/runbook.md; each alarm adds its section. */
  runbookUrl: z.url({ protocol: /^https$/, error: 'expected an https URL' }),
  alarms: z.strictObject({
    /**
     * Attempts within 10 minutes below which the failure rate counts as 0. With 0 a single failure
     * can be 100 %.
     */
    failureRateMinimumVolume: z.int().min(0).max(10_000),
    /** Rejected deliveries of one provider above which an alarm notifies without paging. */
    rejectedInQuarterHour: z.int().min(1).max(1_000_000),
    /** Minutes without an expected event of a provider after which an alarm pages. */
    missingTrafficMinutes: z.int().min(15).max(1_440),
  }),
  /** Bounces after which an address is suppressed. A complaint always suppresses it. */
  suppressionRule: z.strictObject({
    permanentBounces: z.int().min(1).max(100),
    transientBounces: z.int().min(1).max(100),
    transientWindowDays: z.int().min(1).max(365),
  }),
  shareLinks: z.strictObject({
    /** Sends each admin one mail per run that expired links. Owners always get a mail. */
    adminDigest: z.boolean(),
    /** Longest lifetime of a link. */
    maxDays: z.int().min(1).max(3_650),
  }),
  /**
   * Hours for which a signed playback URL plays. The job clean-up-assets removes it from the asset
   * afterwards.
   */
  playbackUrlHours: z.int().min(1).max(8_760),
  /** Hours for which the portal API returns the same response for the same idempotency key. */
  idempotencyKeyHours: z.int().min(1).max(168),
  /**
   * Ages at which the daily prune deletes rows. An event must be kept for longer than a provider
   * or an operator may send it again.
   */
  retentionDays: z.strictObject({
    webhookBodies: z.int().min(1).max(400),
    webhookEvents: z.int().min(40).max(3_650),
    outbox: z.int().min(30).max(400),
    /** Longer than a week, because the last success of a weekly job must be on record. */
    jobRuns: z.int().min(15).max(400),
  }),
  residency: z.strictObject({
    /** Regions in which assets may be stored. The weekly report lists assets in other regions. */
    allowedRegions: z
      .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected AWS regions'))
      .min(1),
    /** In COMPLIANCE mode nobody, not even root, can delete evidence in this time. */
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
      /** Each concurrent batch uses one Postgres connection. Lambda's limits are 2 and 1000. */
      maxConcurrency: z.int().min(2).max(1_000),
      batchSize: z.int().min(1).max(100),
      batchWindowSeconds: z.int().min(0).max(60),
    })
    .refine(({ batchSize, batchWindowSeconds }) => batchSize <= 10 || batchWindowSeconds >= 1, {
      path: ['batchWindowSeconds'],
      when: ({ value }) => batchSettings.safeParse(value).success,
      error: 'expected at least 1, because Lambda requires it for a batchSize above 10',
    }),
  mail: z.strictObject({
    /** Requests to Resend, until its responses report the limit of the team. */
    requestsPerSecond: z.int().min(1).max(1_000),
    /** Concurrent senders, which share the limit. Each one uses one Postgres connection. */
    maxConcurrency: z.int().min(2).max(1_000),
  }),
  /** CloudWatch Logs accepts only these values. */
  logRetentionDays: oneOf(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365),
  /**
   * Largest PutEvents call. EventBridge accepts 1 MiB for all entries of a call since January 2026,
   * and 256 KiB before.
   */
  eventBusCallBytes: z.int().min(262_144).max(1_048_576),
  archiveDays: z.int().min(1).max(3_650),
  terminationProtection: z.boolean(),
  /**
   * If true, a new verifier version first takes a tenth of the deliveries for five minutes, and the
   * deploy waits for that.
   */
  safeDeploys: z.boolean('expected true or false'),
});

export type StageSettings = z.infer<typeof stageSettings>;

export interface StageConfig extends StageSettings {
  readonly stage: string;
  readonly databaseSecretName: string;
  /** Applies to one deploy: `--context canary=skip`. */
  readonly skipCanary: boolean;
}

export interface Context {
  tryGetContext(key: string): unknown;
}

/**
 * Reads and validates the settings of the stage that `--context stage` names.
 * @throws ConfigurationError that lists every invalid setting with its value and what is allowed.
 */
export function readConfig(context: Context): StageConfig {
  const stages = context.tryGetContext('stages') as Readonly<Record<string, unknown>>;
  const stage = String(context.tryGetContext('stage') ?? 'dev');
  if (!Object.hasOwn(stages, stage)) {
    throw new ConfigurationError(
      `cdk.json has no stage '${stage}'. Stages: ${Object.keys(stages).join(', ')}.`,
    );
  }
  const parsed = stageSettings.safeParse(stages[stage], { reportInput: true });
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `\n  - ${describe(issue)}`);
    throw new ConfigurationError(
      `Invalid settings of stage '${stage}' in cdk.json:${problems.join('')}`,
    );
  }
  return {
    ...parsed.data,
    databaseSecretName: secretNameOf(parsed.data, stage),
    stage,
    skipCanary: readSkipCanary(context.tryGetContext('canary')),
  };
}

/**
 * Returns a different name for each kind of database, because a stage that switches between them
 * has both secrets for a time.
 */
function secretNameOf({ database, databaseSecretName }: StageSettings, stage: string): string {
  if (database === 'aurora') return `motion-mavericks/${stage}/aurora/database`;
  return databaseSecretName ?? `motion-mavericks/${stage}/database`;
}

function readSkipCanary(given: unknown): boolean {
  if (given === undefined || given === 'skip') return given === 'skip';
  throw new ConfigurationError(
    `--context canary accepts only 'skip'; got ${JSON.stringify(given)}. ` +
      'Omit it to deploy with a canary.',
  );
}

/** Has no stack trace, because its cause is in cdk.json and not in code. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigurationError';
    this.stack = `${this.name}: ${message}`;
  }
}

function describe({ path, message, input, code }: z.core.$ZodIssue): string {
  const setting = path.join('.') || '(stage)';
  return code === 'unrecognized_keys' || code === 'custom'
    ? `${setting}: ${message}`
    : `${setting}: ${message}; got ${JSON.stringify(input) ?? 'nothing'}`;
}
