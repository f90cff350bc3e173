import * as z from 'zod';
import type { CommandName } from '../catalog/portal-api.ts';
import type { ProblemType } from './problem.ts';

// Postgres takes neither a NUL nor half a surrogate pair.
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(
      (text) => text.isWellFormed() && !text.includes('\0'),
      'expected text without NUL or half characters',
    );

const assetId = z.guid().toLowerCase();
const ownerId = z.guid().toLowerCase();

/** What each command is asked and what it answers; docs/openapi.json is made of them. */
export const contracts = {
  'create-share-link': {
    summary: 'Make a link by which anybody may watch a film until it expires',
    request: z.strictObject({
      assetId: assetId.describe('The film; it has to be ready'),
      ownerId: ownerId.describe('The member who shares it; the film has to be theirs'),
      expiresAt: z.iso
        .datetime({ offset: true })
        .describe('Ahead of now, and by no more than the stage allows'),
      label: line(200).optional().describe('For the owner, to tell links apart'),
    }),
    answer: z.object({
      id: z.uuid(),
      assetId: z.guid(),
      ownerId: z.guid(),
      label: z.string().nullable(),
      expiresAt: z.iso.datetime(),
      token: z.string().describe('Given out in this answer and its replays; only its hash is kept'),
      url: z.url().describe("The link: the portal's own page for the token"),
    }),
    problems: ['not-the-owner', 'asset-not-found', 'asset-not-ready'],
  },
  'create-upload': {
    summary: 'Make a film that waits for its file, and the URL to send the file to',
    request: z.strictObject({
      ownerId: ownerId.describe('The member whose film it is'),
      title: line(200).describe('What the film is called'),
      playbackPolicy: z
        .enum(['signed', 'public'])
        .default('signed')
        .describe('signed: only with a token of the portal; public: whoever knows the URL'),
    }),
    answer: z.object({
      assetId: z.guid().describe("The film's id at the portal"),
      uploadUrl: z.url().describe('PUT the file here, from a page of the portal'),
      uploadExpiresAt: z.iso.datetime().describe('Until then Mux takes the file'),
    }),
    problems: ['owner-not-found', 'mux-refused'],
  },
} as const satisfies Readonly<Record<CommandName, Contract>>;

interface Contract {
  readonly summary: string;
  readonly request: z.ZodType;
  readonly answer: z.ZodType;
  /** What it may be refused for, besides what every command may be. */
  readonly problems: readonly ProblemType[];
}

export type RequestOf<Name extends CommandName> = z.output<(typeof contracts)[Name]['request']>;
export type AnswerOf<Name extends CommandName> = z.output<(typeof contracts)[Name]['answer']>;
