import { z } from 'zod';
import { capacitySettings } from './capacity-settings.ts';
import { contactSettings } from './contact-settings.ts';
import { databaseSettings } from './database-settings.ts';
import { deploySettings } from './deploy-settings.ts';
import { ruleSettings } from './rule-settings.ts';

const countedBounces = z.object({
  retentionDays: z.object({ mailIncidents: z.number() }),
  suppressionRule: z.object({ transientWindowDays: z.number() }),
});

/** Lists every setting that differs between stages. Values: cdk.json, `context.stages`. */
export const stageSettings = z
  .strictObject({
    /** If set, the CLI refuses to deploy the stage into another account. */
    account: z
      .string()
      .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account')
      .optional(),
    /** The portal promises its members that their data stays in Australia. */
    region: z.literal('ap-southeast-2'),
    ...databaseSettings,
    ...contactSettings,
    ...ruleSettings,
    ...capacitySettings,
    ...deploySettings,
  })
  .refine(
    ({ retentionDays, suppressionRule }) =>
      retentionDays.mailIncidents >= suppressionRule.transientWindowDays,
    {
      path: ['retentionDays', 'mailIncidents'],
      when: ({ value }) => countedBounces.safeParse(value).success,
      error: 'expected at least suppressionRule.transientWindowDays, whose bounces are counted',
    },
  );

export type StageSettings = z.infer<typeof stageSettings>;
