import { makeHandler } from './naive-handler.ts';

/** With the secret in the environment, which is less work than to read it where it can be rotated. */
export const handler = makeHandler(async () => process.env['MUX_WEBHOOK_SECRET']);
