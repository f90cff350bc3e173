import { every, type Resource } from './stages.ts';

/** Brought by CDK to run the migrations during a deploy: its code, role and settings are not ours to choose. */
export const isOfCdk = ({ id }: Resource): boolean =>
  id.startsWith('AWSCDKTriggerCustomResourceProvider');

export const functions = every('AWS::Lambda::Function').filter((one) => !isOfCdk(one));
export const functionsOfCdk = every('AWS::Lambda::Function').filter(isOfCdk);
