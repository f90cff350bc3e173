import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { listen } from './listen.ts';

export interface LocalEvidence {
  readonly url: string;
  /** Where a person finds the newest version of each file. */
  readonly directory: string;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly version?: string;
}

const refusal = (status: number, code: string): Answer => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});

/**
 * Of S3 what evidence needs: objects with versions, in files that outlive the run. As under object lock, nothing is
 * ever replaced or deleted. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export async function startEvidence(directory: string): Promise<LocalEvidence> {
  const server = createServer(async (request, response) => {
    const { status, body = '', version } = await answer(request, directory);
    response.writeHead(status, version === undefined ? {} : { 'x-amz-version-id': version });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    directory,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, directory: string): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
  const parts = pathname.slice(1).split('/').map(decodeURIComponent);
  // A key becomes a path: it must not lead out of the directory.
  if (parts.length < 2 || !parts.every((part) => /^[\w-][\w.-]*$/.test(part)))
    return refusal(400, 'InvalidArgument');
  const newest = join(directory, ...parts);
  const versions = join(directory, '.versions', ...parts);
  if (request.method === 'PUT')
    return put(await contentOf(request), checksumOf(request), newest, versions);
  if (request.method === 'DELETE') return refusal(403, 'AccessDenied');
  const wanted = searchParams.get('versionId');
  const file = wanted === null ? newest : join(versions, wanted.replace(/[^\w-]/g, ''));
  if (!existsSync(file)) return refusal(404, wanted === null ? 'NoSuchKey' : 'NoSuchVersion');
  return { status: 200, body: readFileSync(file), ...(wanted === null ? {} : { version: wanted }) };
}

function put(
  content: Buffer,
  checksum: string | undefined,
  newest: string,
  versions: string,
): Answer {
  if (checksum === undefined) return refusal(400, 'InvalidRequest');
  if (createHash('sha256').update(content).digest('base64') !== checksum)
    return refusal(400, 'BadDigest');
  const version = randomUUID();
  for (const folder of [dirname(newest), versions]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(versions, version), content);
  writeFileSync(newest, content);
  return { status: 200, version };
}

const contentOf = async (request: IncomingMessage) =>
  Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));

function checksumOf({ headers }: IncomingMessage): string | undefined {
  const checksum = headers['x-amz-checksum-sha256'];
  return typeof checksum === 'string' ? checksum : undefined;
}
