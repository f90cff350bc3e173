import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SQSRecord } from 'aws-lambda';
import type { QueueMessage } from '../../../lambdas/platform/aws/queue-message.ts';
import { toQueueMessage } from '../../../lambdas/webhooks/envelope.ts';
import { closeServer, listen } from '../../../local/aws/http-server.ts';
import { aRecord } from '../processor.ts';

export interface DeliveryServer {
  readonly url: string;
  readonly enqueue: (message: QueueMessage) => Promise<string>;
  /** Removes and returns the messages in the queue. */
  takeAll(): readonly SQSRecord[];
  stop(): Promise<void>;
}

/** Accepts the deliveries of one provider into a queue, as its verifier does. */
export async function startDeliveryServer(
  provider: 'mux' | 'resend',
  now: () => Date,
): Promise<DeliveryServer> {
  let queue: SQSRecord[] = [];
  const enqueue = async ({ body, attributes }: QueueMessage) => {
    queue.push(aRecord(body, attributes));
    return 'message';
  };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const eventId =
      provider === 'mux' ? String(JSON.parse(body).id) : String(request.headers['svix-id']);
    await enqueue(
      toQueueMessage({
        provider,
        eventId,
        eventType: String(JSON.parse(body).type),
        receivedAt: now().toISOString(),
        trace: eventId,
        body,
      }),
    );
    response.writeHead(200).end();
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  return {
    url,
    enqueue,
    takeAll() {
      const taken = queue;
      queue = [];
      return taken;
    },
    stop: () => closeServer(server),
  };
}
