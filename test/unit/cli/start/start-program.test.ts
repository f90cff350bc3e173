import { expect, test } from '@jest/globals';
import { checkEnvironment } from '../../../../cli/start/environment.ts';
import { makeProgram } from '../../../../cli/start/start-program.ts';
import { runRecorded } from '../../../support/command-line.ts';

const program = makeProgram('npm start --', '0.0.0');

test.each([
  ['--port abc', "--port 'abc' is invalid: expected a whole number from 0 to 65535."],
  ['--port=', "--port '' is invalid: expected a number."],
  ['--port', '--port needs a value (Port of the HTTP API'],
  [
    '--faults drop=200',
    "--faults 'drop=200' is invalid: expected drop=<whole number from 0 to 100>.",
  ],
  ['--faults rain=1', "--faults: 'rain=1' is no fault."],
  ['--port 3005 --relay-port 3005', "--relay-port '3005' is invalid: expected another port"],
  ['3001', "Unexpected argument '3001'. Values follow the name of their option: --port"],
])('%s is explained', async (line, explanation) => {
  const { code, err } = await runRecorded(program, line.split(' '));

  expect([code, err]).toEqual([2, expect.stringContaining(explanation)]);
});

test.each([
  [{ MUX_TOKEN_ID: 'id' }, 'MUX_TOKEN_ID is set without MUX_TOKEN_SECRET: set both'],
  [{ MUX_TOKEN_SECRET: 'x' }, 'MUX_TOKEN_SECRET is set without MUX_TOKEN_ID: set both'],
  [{ MUX_SIGNING_KEY_ID: 'id' }, 'MUX_SIGNING_KEY_ID is set without MUX_SIGNING_KEY_PRIVATE'],
])('half of a key in the environment is explained: %j', (environment, explanation) => {
  expect(() => checkEnvironment(environment)).toThrow(explanation);
});

test.each([
  {},
  { MUX_TOKEN_ID: 'id', MUX_TOKEN_SECRET: 'x' },
  { MUX_TOKEN_ID: '', MUX_TOKEN_SECRET: '' },
])('a whole key or none is accepted: %j', (environment) => {
  expect(() => checkEnvironment(environment)).not.toThrow();
});
