import * as z from 'zod';
import type { PortalOperationName } from '../catalog/portal-api.ts';
import { isSingleLine, withoutDirectionMarks } from '../platform/single-line.ts';
import type { ProblemType } from './problem.ts';

// Labels and titles appear in subjects of mails and in tables, so one line is enough. An unclosed
// direction mark would reverse the text after it.
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(isSingleLine, 'expected one line without control characters and unpaired surrogates')
    .transform((text) => withoutDirectionMarks(text).trim())
    .pipe(z.string().min(1));

const assetId = z.guid().toLowerCase();
const ownerId = z.guid().toLowerCase();

/** Defines request and response of each operation; docs/openapi.json is generated from them. */
export const contracts = {
  'create-share-link': {
    summary: 'Create a link that gives anybody access to a video until the link expires',
    request: z.strictObject({
      assetId: assetId.describe('Id of the video; its status must be ready'),
      ownerId: ownerId.describe('Id of the member who shares the video; must own it'),
      expiresAt: z.iso
        .datetime({ offset: true })
        .describe("In the future, within the stage's maximum (SHARE_LINK_MAX_DAYS)"),
      label: line(200).optional().describe('Text by which the owner recognizes the link'),
    }),
    response: z.object({
      id: z.uuid(),
      assetId: z.guid(),
      ownerId: z.guid(),
      label: z.string().nullable(),
      expiresAt: z.iso.datetime(),
      token: z
        .string()
        .describe('Returned only here and in replays of this response; the database has its hash'),
      url: z.url().describe("The link: a page of the portal, with the token in the page's path"),
    }),
    urlExpiry: 'expiresAt',
    problems: ['not-the-owner', 'asset-not-found', 'asset-not-ready'],
  },
  'create-upload': {
    summary: 'Create a video without a file, and the URL that accepts the file',
    request: z.strictObject({
      ownerId: ownerId.describe('Id of the member who owns the video'),
      title: line(200).describe('Title of the video'),
      playbackPolicy: z
        .enum(['signed', 'public'])
        .default('signed')
        .describe('signed: playback needs a token of the portal; public: the URL is enough'),
    }),
    response: z.object({
      assetId: z.guid().describe('Id of the video at the portal'),
      uploadUrl: z.url().describe('Send the file here with PUT, from a page of the portal'),
      uploadExpiresAt: z.iso.datetime().describe('Mux accepts the file until this time'),
    }),
    urlExpiry: 'uploadExpiresAt',
    problems: ['owner-not-found', 'mux-refused'],
  },
} as const satisfies Readonly<Record<PortalOperationName, Contract>>;

interface Contract {
  readonly summary: string;
  readonly request: z.ZodType;
  readonly response: z.ZodType;
  /** Property of the response with the time until which its URL works. */
  readonly urlExpiry: string;
  /** Problems of this operation, in addition to those that every operation can return. */
  readonly problems: readonly ProblemType[];
}

export type RequestOf<Name extends PortalOperationName> = z.output<
  (typeof contracts)[Name]['request']
>;
export type ResponseOf<Name extends PortalOperationName> = z.output<
  (typeof contracts)[Name]['response']
>;
