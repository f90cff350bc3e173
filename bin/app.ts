import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import cdkJson from '../cdk.json' with { type: 'json' };
import { readConfig } from '../lib/config.ts';
import { DataStack } from '../lib/data-stack.ts';
import { WebhooksStack } from '../lib/webhooks-stack.ts';

// Passes the context of cdk.json, because only the CLI reads that file. Context of the CLI wins.
const app = new App({ context: cdkJson.context });
const config = readConfig(app.node);
const { account, region, stage, terminationProtection } = config;
const env = account === undefined ? { region } : { region, account };
const props = { config, terminationProtection, env };

const data = new DataStack(app, `motion-mavericks-${stage}-data`, props);
new WebhooksStack(app, `motion-mavericks-${stage}-webhooks`, { ...props, data });

Validations.of(app).addPlugins(
  new AwsSolutionsChecks(app, { verbose: true }),
  new ServerlessChecks(app, { verbose: true }),
);
