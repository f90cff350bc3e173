import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { anHttpApiEvent } from '../../test/support/http-api.ts';
import { muxSignature } from '../../test/support/providers/mux.ts';
import { makeBatches } from '../processor/load.ts';

/** What Mux posts, signed a moment ago: each of `video.asset.ready`, and none twice. */
export function makeDeliveries(count: number, bytes: number): readonly APIGatewayProxyEventV2[] {
  return makeBodies(count, bytes).map((body) =>
    anHttpApiEvent({
      body,
      headers: {
        'mux-signature': muxSignature(body),
        'x-amzn-trace-id': 'Root=1-6922d0d3-1f2e3d4c5b6a798001122334',
      },
    }),
  );
}

export function makeBodies(count: number, bytes: number): readonly string[] {
  const nothingElse = {
    duplicates: 0,
    poison: 0,
    playback: 'signed',
    types: ['video.asset.ready'],
  } as const;
  const load = { ...nothingElse, seed: 'verifier', batchSize: count, batches: 1, bodyBytes: bytes };
  return [...makeBatches(load)].flat().map(({ body }) => body);
}
