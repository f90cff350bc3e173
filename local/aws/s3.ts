import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { closeServer, listen, readBody } from './http-server.ts';
import { listVersions, newVersionId } from './s3-versions.ts';

export interface LocalS3 {
  readonly url: string;
  /** Holds the newest version of each object, as a file that a person can open. */
  readonly directory: string;
  stop(): Promise<void>;
}

interface S3Response {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly version?: string;
}

const errorResponse = (status: number, code: string): S3Response => ({
  status,
  body:
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});

/**
 * Serves the part of S3 that evidence needs: objects with versions, in files that outlive the run.
 * Never replaces or deletes a version, like a bucket with object lock.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export async function startS3(directory: string): Promise<LocalS3> {
  const server = createServer(async (request, response) => {
    const { status, body = '', version } = await respond(request, directory);
    response.writeHead(status, version === undefined ? {} : { 'x-amz-version-id': version });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    directory,
    stop: () => closeServer(server),
  };
}

async function respond(request: IncomingMessage, directory: string): Promise<S3Response> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
  const parts = pathname.slice(1).split('/').map(decodeURIComponent);
  // A key becomes a path, so a key with `..` could leave the directory.
  if (request.method === 'GET' && searchParams.has('versions') && /^[\w-]+$/.test(parts[0] ?? ''))
    return {
      status: 200,
      body: listVersions(join(directory, '.versions', parts[0] ?? ''), searchParams),
    };
  if (parts.length < 2 || !parts.every((part) => /^[\w-][\w.-]*$/.test(part)))
    return errorResponse(400, 'InvalidArgument');
  const newest = join(directory, ...parts);
  const versions = join(directory, '.versions', ...parts);
  if (request.method === 'PUT') return put(request, newest, versions);
  if (request.method === 'DELETE') return errorResponse(403, 'AccessDenied');
  return get(searchParams.get('versionId'), newest, versions);
}

function get(version: string | null, newest: string, versions: string): S3Response {
  const file = version === null ? newest : join(versions, version.replace(/[^\w-]/g, ''));
  if (!existsSync(file))
    return errorResponse(404, version === null ? 'NoSuchKey' : 'NoSuchVersion');
  return { status: 200, body: readFileSync(file), ...(version === null ? {} : { version }) };
}

async function put(
  request: IncomingMessage,
  newest: string,
  versions: string,
): Promise<S3Response> {
  const content = await readBody(request);
  const checksum = request.headers['x-amz-checksum-sha256'];
  if (checksum === undefined) return errorResponse(400, 'InvalidRequest');
  if (createHash('sha256').update(content).digest('base64') !== checksum)
    return errorResponse(400, 'BadDigest');
  if (request.headers['if-none-match'] === '*' && existsSync(newest))
    return errorResponse(412, 'PreconditionFailed');
  const version = newVersionId();
  for (const folder of [dirname(newest), versions]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(versions, version), content);
  writeFileSync(newest, content);
  return { status: 200, version };
}
