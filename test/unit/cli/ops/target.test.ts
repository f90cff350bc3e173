import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { placeOf } from '../../../../cli/ops/ops-context.ts';
import { chooseTarget, findTarget } from '../../../../cli/ops/target.ts';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../../local/temporary-directory.ts';

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = makeTemporaryDirectory('stages');
});
afterEach(() => directory.remove());

const cdkJson = JSON.stringify({
  context: { stages: { dev: { region: 'ap-southeast-2' }, prod: { region: 'ap-southeast-2' } } },
});

function filesWith({ settings = cdkJson } = {}) {
  const files = { settings: join(directory.path, 'cdk.json') };
  writeFileSync(files.settings, settings);
  return files;
}

const readOutputs = async (stage: string) => ({
  ApiUrl: `https://${stage}.execute-api.ap-southeast-2.amazonaws.com/`,
});

describe('the target', () => {
  test('is the option, then OPS_STAGE, then this machine', () => {
    expect(chooseTarget({ stage: 'dev' }, { OPS_STAGE: 'prod' })).toEqual({ stage: 'dev' });
    expect(chooseTarget({}, { OPS_STAGE: 'prod' })).toMatchObject({ stage: 'prod' });
    expect(chooseTarget({}, { OPS_STAGE: 'local' })).toMatchObject({ stage: 'local' });
    expect(chooseTarget({}, { OPS_STAGE: '' })).toEqual({});
    expect(chooseTarget({ stage: 'local' }, { OPS_STAGE: 'prod' })).toEqual({ stage: 'local' });
    expect(chooseTarget({ apiUrl: 'https://a' }, { OPS_STAGE: 'prod' })).toEqual({
      apiUrl: 'https://a',
    });
  });

  test.each(['dev', 'prod'])('of %s is read from the outputs of its own stack', async (stage) => {
    await expect(findTarget({ stage }, filesWith(), readOutputs)).resolves.toEqual({
      isLocal: false,
      url: `https://${stage}.execute-api.ap-southeast-2.amazonaws.com`,
      region: 'ap-southeast-2',
      stage,
    });
  });

  test('of an unknown OPS_STAGE names the variable, once a command needs the stage', async () => {
    const chosen = chooseTarget({}, { OPS_STAGE: 'prdo' });

    await expect(findTarget(chosen, filesWith(), readOutputs)).rejects.toThrow(
      "OPS_STAGE: unknown stage 'prdo': expected one of dev, prod, local. Did you mean 'prod'?",
    );
  });

  test('of a stage without the output ApiUrl is an error', async () => {
    await expect(findTarget({ stage: 'prod' }, filesWith(), async () => ({}))).rejects.toThrow(
      "The stack of stage 'prod' has no output ApiUrl: deploy it again.",
    );
  });

  test('of an unknown stage names the stages', async () => {
    await expect(findTarget({ stage: 'prdo' }, filesWith(), readOutputs)).rejects.toThrow(
      "--stage: unknown stage 'prdo': expected one of dev, prod, local. Did you mean 'prod'?",
    );
  });

  test.each([
    ['{"motion', 'it is not JSON'],
    ['null', 'it has an unexpected form'],
    ['{}', 'it has an unexpected form'],
  ])('explains the broken settings %j', async (settings, problem) => {
    const files = filesWith({ settings });

    await expect(findTarget({ stage: 'prod' }, files, readOutputs)).rejects.toThrow(
      `${files.settings} cannot be used: ${problem}.`,
    );
  });
});

describe('the place of a change', () => {
  const deployed = { isLocal: false, url: 'https://abc.example', region: 'r' } as const;

  test.each([
    [
      { ...deployed, stage: 'prod' },
      { stage: 'prod', account: '123456789012' },
      'stage prod, account 123456789012',
    ],
    [
      { ...deployed, stage: undefined },
      { stage: 'dev', account: '123456789012' },
      'stage dev, account 123456789012',
    ],
    [{ ...deployed, stage: 'prod' }, { stage: undefined, account: undefined }, 'stage prod'],
    [{ ...deployed, stage: undefined }, { stage: undefined, account: undefined }, 'abc.example'],
  ])('is the stage and the account that answered', (target, deployment, place) => {
    expect(placeOf(target, deployment)).toBe(place);
  });

  test('is this machine for local mode', () => {
    const local = { isLocal: true, url: '', controlUrl: '', region: '' } as const;

    expect(placeOf(local, { stage: 'dev', account: '000000000000' })).toBe('this machine');
  });
});
