import { afterEach, expect, test } from '@jest/globals';
import {
  type ControlServer,
  makeControlClient,
  startControlServer,
} from '../../../local/control-server.ts';
import type { LocalInstance } from '../../../local/local-instance.ts';
import { BadInputError, NotFoundError, UserError } from '../../../local/user-error.ts';

let server: ControlServer;
afterEach(() => server.stop());

test.each([
  ['bad input', new BadInputError('--fails needs an id.'), BadInputError],
  ['an unknown name', new NotFoundError(`The portal has no video 'nope'.`), NotFoundError],
  ['another error that the user can correct', new UserError('Its port is in use.'), UserError],
  ['an unexpected error', new TypeError('It is not a function.'), UserError],
])('the client reports %s as the instance does', async (_, thrown, kind) => {
  const inspect = () => Promise.reject(thrown);
  server = await startControlServer({ inspect } as unknown as LocalInstance);

  const error = await makeControlClient(server.url)
    .inspect('mux', 'event-1')
    .catch((rejected: unknown) => rejected);

  expect((error as object).constructor).toBe(kind);
  expect((error as Error).message).toBe(thrown.message);
});
