import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PostgresServer } from '../../../local/postgres/postgres.ts';

export default async function stop(): Promise<void> {
  const { server, dataDirectory } = (
    globalThis as unknown as { testPostgres: { server: PostgresServer; dataDirectory: string } }
  ).testPostgres;
  await server.stop();
  rmSync(dirname(dataDirectory), { recursive: true, force: true });
}
