import { CfnResource, ReferenceStrength } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Lets a later version of the data stack leave out the resources under `scope`, although the
 * deployed webhooks stack still uses them: the data stack deploys first, and CloudFormation
 * refuses to remove an export that another stack imports.
 *
 * `BOTH` keeps the exports, because stacks of earlier versions import them, and imports none. The
 * resources must be retained, so that functions work until their stack is deployed
 * (docs/adr/0008-references-between-the-stacks.md).
 */
export function allowRemoval(scope: IConstruct): void {
  for (const construct of scope.node.findAll())
    if (CfnResource.isCfnResource(construct))
      construct.applyCrossStackReferenceStrength(ReferenceStrength.BOTH);
}
