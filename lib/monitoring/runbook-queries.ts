import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { MaskedLogGroup } from '../masked-log-group.ts';
import { pascalCase } from '../names.ts';

const runbookPath = join(import.meta.dirname, '../../docs/runbook.md');

/**
 * Limit of Logs Insights:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
const MAX_LOG_GROUPS_PER_QUERY = 50;

export interface RunbookQuery {
  /** Heading of the section, such as `old-messages`. */
  readonly section: string;
  readonly text: string;
}

/** Reads the queries of the runbook: the code blocks without a language. */
export function readRunbookQueries(runbook: string): readonly RunbookQuery[] {
  return runbook
    .split(/^## /m)
    .slice(1)
    .flatMap((part) => {
      const section = part.split('\n')[0] ?? '';
      return [...part.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
        .filter(([, language]) => language === '')
        .map(([, , text = ''], index) => ({
          section: index === 0 ? section : `${section} ${index + 1}`,
          text: text.trim(),
        }));
    });
}

/**
 * Saves each query of the runbook in Logs Insights, so that people on call need not paste it. A
 * query over more log groups than one may read is saved in parts: together they read all.
 */
export function saveRunbookQueries(
  scope: Construct,
  { stage }: Pick<StageConfig, 'stage'>,
  logs: readonly Pick<MaskedLogGroup, 'logGroupName'>[],
): void {
  const parts = inParts(logs.map(({ logGroupName }) => logGroupName));
  for (const { section, text } of readRunbookQueries(readFileSync(runbookPath, 'utf8')))
    parts.forEach((logGroupNames, index) => {
      const suffix = index === 0 ? '' : `Part${index + 1}`;
      const note = parts.length === 1 ? '' : ` (${index + 1} of ${parts.length})`;
      new CfnQueryDefinition(scope, `Query${pascalCase(section)}${suffix}`, {
        name: `motion-mavericks-${stage}-webhooks/${section}${note}`,
        queryString: text,
        logGroupNames: [...logGroupNames],
      });
    });
}

/** Divides the log groups into as few queries as the limit allows. */
function inParts(names: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(names.length / MAX_LOG_GROUPS_PER_QUERY);
  const size = MAX_LOG_GROUPS_PER_QUERY;
  return Array.from({ length: count }, (_, index) => names.slice(index * size, (index + 1) * size));
}
