import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';

/** Hands an event to another function and does not wait for what it does. */
export type InvokeNamed = (name: string, event: object) => Promise<void>;

/** Waits for what the other function returns. @throws when it fails */
export type CallNamed = (name: string, event: object) => Promise<unknown>;

const shape = z.record(z.string(), z.string());

/** @param text JSON: for each name that we use the name that Lambda knows the function by. */
export function makeInvokeNamed(text: string): InvokeNamed {
  const nameOf = namesIn(text);
  const client = new LambdaClient({ maxAttempts: 2 });
  return async (name, event) => {
    const Payload = JSON.stringify(event);
    await client.send(
      new InvokeCommand({ FunctionName: nameOf(name), InvocationType: 'Event', Payload }),
    );
  };
}

/** @param text As for `makeInvokeNamed`. */
export function makeCallNamed(text: string): CallNamed {
  const nameOf = namesIn(text);
  const client = new LambdaClient({ maxAttempts: 1 });
  return async (name, event) => {
    const answer = await client.send(
      new InvokeCommand({
        FunctionName: nameOf(name),
        InvocationType: 'RequestResponse',
        Payload: JSON.stringify(event),
      }),
    );
    const result = answer.Payload?.transformToString() ?? '';
    if (answer.FunctionError !== undefined)
      throw new Error(`The function for ${name} failed: ${result}`);
    return JSON.parse(result);
  };
}

function namesIn(text: string): (name: string) => string {
  const names = shape.parse(JSON.parse(text));
  return (name) => {
    const found = names[name];
    if (found === undefined) throw new Error(`There is no function for ${name}.`);
    return found;
  };
}
