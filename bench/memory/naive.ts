import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import pg from 'pg';
import { makePublishEvents } from '../../lambdas/pipeline/publish-events.ts';
import { makeNaive } from '../processor/naive.ts';

const connect = () => new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 1 });
const processBatch = makeNaive(connect(), connect(), makePublishEvents('bench'));

/** The naive processor as a function; what it returns to the queue is only counted. */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const returned = await processBatch(Records);
  return { batchItemFailures: Array.from({ length: returned }, () => ({ itemIdentifier: '' })) };
}
