import { createServer } from 'node:http';
import Mux from '@mux/mux-node';
import { listen, readBody } from '../../local/aws/http-server.ts';
import { anHttpApiEvent } from '../../test/support/http-api.ts';
import { muxSecret } from '../../test/support/providers/mux.ts';
import type { PeerName } from './peers.ts';

type Headers = Readonly<Record<string, string>>;
type Receive = (body: string, headers: Headers) => Promise<number>;

/** Serves a receiver over HTTP and sends its port to the parent. */
async function serve(receive: Receive): Promise<void> {
  const server = createServer(async (request, response) => {
    const body = (await readBody(request)).toString();
    const status = await receive(body, request.headers as Headers);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': 2 });
    response.end('{}');
  });
  process.send?.(await listen(server, 0));
}

process.once('disconnect', () => process.exit());
const [role, target = ''] = process.argv.slice(2);
if (role === 'verifier') {
  const { handler } = await import(target);
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 6_000 };
  // Calls a verifier's bundle as API Gateway and Lambda do.
  await serve(async (body, headers) => {
    return (await handler(anHttpApiEvent({ body, headers }), context)).statusCode;
  });
} else {
  const { applyOnce, peers } = await import('./peers.ts');
  const { openReceiver, startWorker } = peers[target as PeerName];
  if (role === 'worker') process.send?.(await startWorker(applyOnce).then(() => 'started'));
  else {
    const keep = await openReceiver();
    const mux = new Mux({ webhookSecret: muxSecret });
    // The obvious receiver: Mux's package verifies, and 200 follows once the peer has the job.
    await serve(async (body, headers) => {
      const { id: eventId, type: eventType } = await mux.webhooks.unwrap(body, headers);
      const receivedAt = new Date().toISOString();
      await keep({ provider: 'mux', eventId, eventType, receivedAt, trace: 'bench', body });
      return 200;
    });
  }
}
