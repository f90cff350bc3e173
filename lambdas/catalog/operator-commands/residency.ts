import * as z from 'zod';
import { dryRun, knownBreaks, limit, requiredReason } from './arguments.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

export const residencyCommands = {
  'residency list': {
    summary: 'List the weekly residency reports with their hashes',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({}),
  },
  'residency verify': {
    summary:
      'Read all evidence in the bucket again, and verify signatures, hashes, chain and tables',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({ knownBreaks }),
  },
  'residency restore': {
    summary: 'Restore lost rows of residency reports from the signed reports in the bucket',
    policy: 'operate',
    changes: true,
    arguments: z.strictObject({ reason: requiredReason, dryRun }),
  },
  'residency key': {
    summary: 'Show the public key that verifies the signatures of the residency reports',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({}),
  },
  'residency declare': {
    summary: 'Declare in which region a provider stores videos, as a document states it',
    policy: 'privacy',
    changes: true,
    arguments: z.strictObject({
      provider: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected a storage provider such as mux')
        .describe('Storage provider of the videos, e.g. mux'),
      region: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected a region such as us-east1, or unknown')
        .describe('Region that the document names; unknown withdraws a declaration'),
      document: z
        .string()
        .trim()
        .min(5)
        .max(300)
        .describe('Document that states the region, with its date and section. No personal data'),
      assets: z
        .string()
        .regex(
          new RegExp(`^${uuid}(,${uuid}){0,199}$`),
          "expected up to 200 of the portal's video ids, separated by commas",
        )
        .optional()
        .describe('Only these videos: ids of the portal, separated by commas. Default: all'),
      reason: requiredReason,
      dryRun,
    }),
  },
  'residency declarations': {
    summary: 'List the declared regions, newest first, with the operator and the reason',
    policy: 'look',
    changes: false,
    arguments: z.strictObject({
      limit: limit(500).default(100).describe('Maximum number of declarations'),
    }),
  },
} as const;
