import { expect, test } from '@jest/globals';
import { makeProgram } from '../../../../cli/mails/mails-program.ts';
import { readCommand } from '../../../support/command-line.ts';

test('reads the kind of the mail without the name of its option', () => {
  const program = makeProgram('npm run mails --', '0.0.0');

  expect(readCommand(program, ['asset.ready'], new Date())?.values).toMatchObject({
    kind: 'asset.ready',
  });
});
