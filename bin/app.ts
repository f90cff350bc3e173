import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import cdkJson from '../cdk.json' with { type: 'json' };
import { readConfig } from '../lib/config.ts';
import { DataStack } from '../lib/data-stack.ts';
import { WebhooksStack } from '../lib/webhooks-stack.ts';

// Without the CLI nobody reads cdk.json; what the CLI hands over goes first.
const app = new App({ context: cdkJson.context });
const config = readConfig(app.node);
const { account, region, stage, terminationProtection } = config;
const props = { config, terminationProtection, env: { region, ...(account ? { account } : {}) } };

const data = new DataStack(app, `motion-mavericks-${stage}-data`, props);
new WebhooksStack(app, `motion-mavericks-${stage}-webhooks`, { ...props, data });

Validations.of(app).addPlugins(
  new AwsSolutionsChecks(app, { verbose: true }),
  new ServerlessChecks(app, { verbose: true }),
);
