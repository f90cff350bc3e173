import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { type CallLimits, callDeadline, clientLimits } from './call-limits.ts';

/** Queues an event for another function without waiting for its work. */
export type InvokeNamed = (name: string, event: object) => Promise<void>;

const QUEUE_LIMITS: CallLimits = { attempts: 2, attemptMs: 5_000 };

const functionNames = z.record(z.string(), z.string());

/** @param text JSON object: our name of a function → its name in Lambda. */
export function makeInvokeNamed(text: string, limits = QUEUE_LIMITS): InvokeNamed {
  const functionName = readFunctionNames(text);
  const client = new LambdaClient(clientLimits(limits));
  return async (name, event) => {
    await client.send(
      new InvokeCommand({
        FunctionName: functionName(name),
        InvocationType: 'Event',
        Payload: JSON.stringify(event),
      }),
      callDeadline(limits),
    );
  };
}

function readFunctionNames(text: string): (name: string) => string {
  const names = functionNames.parse(JSON.parse(text));
  return (name) => {
    const found = names[name];
    if (found === undefined) throw new Error(`There is no function named ${name}.`);
    return found;
  };
}
