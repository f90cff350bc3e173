import { randomBytes } from 'node:crypto';
import { type CommandName, commandPath } from '../../lambdas/catalog/operator-commands.ts';
import { ACCOUNT_ID } from '../aws/account-id.ts';

/** Builds the event of a command that API Gateway would send for the user of the console. */
export function operatorEvent(command: CommandName, given: object): object {
  const path = commandPath(command);
  const routeKey = `POST ${path}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: 'local',
      stage: '$default',
      routeKey,
      http: { method: 'POST', path },
      requestId: randomBytes(11).toString('base64'),
      authorizer: { iam: { userArn: `arn:aws:iam::${ACCOUNT_ID}:user/local-console` } },
    },
    body: JSON.stringify(given),
    isBase64Encoded: false,
  };
}
