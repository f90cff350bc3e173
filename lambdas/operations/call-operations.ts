import * as z from 'zod';
import type { CallNamed } from '../platform/aws/invoke-lambda.ts';
import type { WidgetPorts } from './events-widget.ts';

const answered = z.object({ statusCode: z.number(), body: z.string() });

/** The operations function, called as API Gateway calls it. */
export function makeCallOperations(call: CallNamed): WidgetPorts['operate'] {
  return async (command, given, operator) => {
    const result = await call('operations', {
      requestContext: { authorizer: { iam: { userArn: operator } } },
      body: JSON.stringify({ command, arguments: given }),
      isBase64Encoded: false,
    });
    const { statusCode, body } = answered.parse(result);
    if (statusCode === 404) return undefined;
    if (statusCode !== 200)
      throw new Error(`Operations answered ${statusCode} to ${command}: ${body}`);
    return JSON.parse(body);
  };
}
