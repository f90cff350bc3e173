import { expect, test } from '@jest/globals';
import { makeProgram } from '../../../../cli/smoke/smoke-program.ts';
import { runRecorded } from '../../../support/command-line.ts';
import { sentences } from '../../../support/run-program.ts';

const program = makeProgram('npm run smoke --', '0.0.0');

// test/flow/smoke.test.ts runs the cases that need a connection, as processes.
test.each([
  ['an unknown stage', 'nowhere', "--stage: unknown stage 'nowhere': expected one of dev"],
  ['two stages', 'dev prod', "Unexpected argument 'prod'"],
  ['an unknown option', '--loud', "Unknown option '--loud'"],
  [
    'an invalid timeout',
    '--timeout 0',
    "--timeout '0' is invalid: expected a whole number of seconds from 1 to 900",
  ],
  ['a URL without TLS', 'dev --api-url http://a.example', 'expected https://'],
])('explains %s in a few sentences', async (_, line, sentence) => {
  const { code, out, err } = await runRecorded(program, line.split(' '));

  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(sentence);
  expect(sentences(err).length).toBeLessThanOrEqual(5);
});

test('prints its help with --help', async () => {
  const { code, out } = await runRecorded(program, ['--help']);

  expect(code).toBe(0);
  expect(out).toMatch(/changes\s+nothing/);
});
