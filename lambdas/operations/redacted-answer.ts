import type { CommandName } from '../catalog/operator-commands.ts';
import { redactTexts, type ShownFields } from '../platform/redaction/redact-texts.ts';
import type { OperationResult } from './commands/command-handlers.ts';

/** Commands whose answers repeat texts of providers, mail servers and errors. */
const repeatingCommands: ReadonlySet<CommandName> = new Set([
  'assets show',
  'dead-letters list',
  'events list',
  'events replays',
  'events search',
  'events show',
  'jobs runs',
  'mails list',
  'mails show',
  'outbox list',
  'uploads list',
]);

/** Fields that an answer shows as they are. */
const shownFields: ShownFields = {
  operator: 'The identity that acted.',
  startedBy: 'The identity that started a run.',
  title: 'The member wrote it. Support must find the video that the member means.',
};

/**
 * Redacts the texts of others in an answer. They were redacted when they were stored; rows of
 * earlier versions were not.
 */
export const redactAnswer = (command: CommandName, result: OperationResult): OperationResult =>
  repeatingCommands.has(command) ? redactTexts(result, shownFields) : result;
