import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';

/** Hands an event to another function and does not wait for what it does. */
export type InvokeNamed = (name: string, event: object) => Promise<void>;

const shape = z.record(z.string(), z.string());

/** @param text JSON: for each name that we use the name that Lambda knows the function by. */
export function makeInvokeNamed(text: string): InvokeNamed {
  const names = shape.parse(JSON.parse(text));
  const client = new LambdaClient({ maxAttempts: 2 });
  return async (name, event) => {
    const FunctionName = names[name];
    if (FunctionName === undefined) throw new Error(`There is no function for ${name}.`);
    await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(event) }));
  };
}
