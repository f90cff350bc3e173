// Loaded into the app by validation.test.ts. Removes all acknowledgements, so every finding is
// reported.
import { Validations } from 'aws-cdk-lib';

Validations.prototype.acknowledge = () => {};
