import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** Hands an event to another function and does not wait for what it does. */
export type InvokeFunction = (functionName: string, event: object) => Promise<void>;

export function makeInvokeFunction(): InvokeFunction {
  const client = new LambdaClient({ maxAttempts: 2 });
  return async (FunctionName, event) => {
    await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(event) }));
  };
}
