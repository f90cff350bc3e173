import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { makeEnqueue } from '../../verifier/enqueue-with-sdk.ts';

const { QUEUE_URL = '' } = process.env;
const enqueue = makeEnqueue(QUEUE_URL);

/** What no verifier that sends with the SDK's client gets around. Nothing is read, verified, counted or logged. */
export async function handler({ body = '' }: APIGatewayProxyEventV2) {
  const attributes = { provider: '-', eventId: '-', eventType: '-', receivedAt: '-', trace: '-' };
  await enqueue({ body, attributes });
  return { statusCode: 200 };
}
