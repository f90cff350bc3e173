import { CfnParameter, CfnRule, Fn, type Stack } from 'aws-cdk-lib';
import type { StageConfig } from './config.ts';

/**
 * Matches hosts that nobody can own: reserved top-level domains and example domains.
 * https://www.rfc-editor.org/rfc/rfc2606 and https://www.rfc-editor.org/rfc/rfc6761
 */
const RESERVED_TLD = String.raw`[\w-]+\.(?:example|test|invalid|localhost)`;
const EXAMPLE_DOMAIN = String.raw`example\.(?:com|net|org)`;
const RESERVED_HOST = new RegExp(
  String.raw`(?:^|[@/.])(?:[\w-]+\.)*(?:${RESERVED_TLD}|${EXAMPLE_DOMAIN})(?=$|[/:>])`,
  'i',
);

/** Lists the settings with a reserved host, each as `path: value`. */
export function findPlaceholders(config: StageConfig): readonly string[] {
  return stringsOf(config, '')
    .filter(({ value }) => RESERVED_HOST.test(value))
    .map(({ path, value }) => `${path}: ${value}`);
}

interface Setting {
  readonly path: string;
  readonly value: string;
}

function stringsOf(value: unknown, path: string): readonly Setting[] {
  if (typeof value === 'string') return [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    stringsOf(child, path === '' ? key : `${path}.${key}`),
  );
}

/**
 * Makes CloudFormation refuse to deploy the stack while settings still hold placeholders. The check
 * is in the template, because the app cannot distinguish a deploy from a synth, and because
 * local mode and tests need no real addresses. `--parameters AllowPlaceholders=yes` overrides it.
 */
export function rejectPlaceholders(stack: Stack, config: StageConfig): void {
  const placeholders = findPlaceholders(config);
  if (placeholders.length === 0) return;
  const allowed = new CfnParameter(stack, 'AllowPlaceholders', {
    description: 'Deploys although settings of the stage hold reserved addresses',
    allowedValues: ['no', 'yes'],
    default: 'no',
  });
  new CfnRule(stack, 'NoPlaceholders', {
    assertions: [
      {
        assert: Fn.conditionEquals(allowed.valueAsString, 'yes'),
        assertDescription:
          `Replace these placeholders of stage ${config.stage} in cdk.json (docs/deploy.md, ` +
          `step 0): ${placeholders.join('; ')}`,
      },
    ],
  });
}
