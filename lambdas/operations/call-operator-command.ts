import * as z from 'zod';
import type { CommandName } from '../catalog/operator-commands.ts';
import type { PostSigned } from '../platform/aws/signed-api.ts';
import { parseJsonObject } from '../platform/json.ts';
import type { OperationResult } from './commands/command-handlers.ts';

/** Runs an operator command through the API. Returns undefined if nothing was found. */
export type CallOperatorCommand = (command: CommandName, given: object) => Promise<OperationResult>;

const commandUrls = z.record(z.string(), z.url());

/** @param text JSON object: name of a command → its URL. */
export function makeCallOperatorCommand(text: string, post: PostSigned): CallOperatorCommand {
  const urls = commandUrls.parse(JSON.parse(text));
  return async (command, given) => {
    const url = urls[command];
    if (url === undefined) throw new Error(`This function may not run '${command}'.`);
    const { status, body } = await post(url, given);
    if (status === 404) return undefined;
    const result = parseJsonObject(body);
    if (status !== 200 || result === undefined)
      throw new Error(`The API answered ${status} to '${command}': ${body.slice(0, 500)}`);
    return result;
  };
}
