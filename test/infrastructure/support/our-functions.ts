import { every, type Resource } from './stages.ts';

/**
 * True for resources of the function with which CDK runs the migrations. CDK decides its settings.
 */
export const isOfCdk = ({ id }: Resource): boolean =>
  id.startsWith('AWSCDKTriggerCustomResourceProvider');

export const functions = every('AWS::Lambda::Function').filter((resource) => !isOfCdk(resource));
export const functionsOfCdk = every('AWS::Lambda::Function').filter(isOfCdk);
