import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import pg from 'pg';
import { makePublishEvents } from '../../lambdas/outbox/put-events.ts';
import { makeNaiveHandler } from '../processor/naive.ts';

const connect = () => new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 1 });
const processBatch = makeNaiveHandler(connect(), connect(), makePublishEvents('bench'));

/** The naive processor as a function. */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  return processBatch(Records);
}
