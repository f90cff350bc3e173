import { App } from 'aws-cdk-lib';
import cdkJson from '../cdk.json' with { type: 'json' };
import { readConfig } from '../lib/config.ts';
import { DeployRoleStack } from '../lib/pipeline/deploy-role-stack.ts';
import { IdentityProviderStack } from '../lib/pipeline/identity-provider-stack.ts';
import { readRepository } from '../lib/pipeline/repository.ts';

const app = new App({ context: cdkJson.context });
const { account, region, stage } = readConfig(app.node);
const repository = readRepository(app.node);
const env = account === undefined ? { region } : { region, account };

const provider = new IdentityProviderStack(app, 'motion-mavericks-github-identity', { env });
const name = `motion-mavericks-${stage}-deploy-role`;
new DeployRoleStack(app, name, { stage, repository, env }).addStackDependency(provider);
