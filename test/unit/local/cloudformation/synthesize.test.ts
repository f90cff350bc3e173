import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { synthesizeTemplates } from '../../../../local/cloudformation/synthesize.ts';
import { makeTemporaryDirectory } from '../../../../local/temporary-directory.ts';

test('names cdk.json if it is no JSON', async () => {
  const { path: project, remove } = makeTemporaryDirectory('synthesize');
  writeFileSync(join(project, 'cdk.json'), '{,');
  const { signal } = new AbortController();
  const directory = join(project, 'templates');

  await expect(synthesizeTemplates({ project, directory, stage: 'dev', signal })).rejects.toThrow(
    /^cdk\.json cannot be read: /,
  );
  remove();
});
