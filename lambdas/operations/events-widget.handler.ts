import { makeCallNamed } from '../platform/aws/invoke-lambda.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { makeEventsWidget } from './events-widget.ts';
import { makeInvokeOperatorCommand } from './invoke-operator-command.ts';

const env = readEnv(['OPERATIONS_FUNCTIONS', 'STAGE']);

export const handler = makeEventsWidget({
  invokeCommand: makeInvokeOperatorCommand(makeCallNamed(env.OPERATIONS_FUNCTIONS)),
  now: systemClock,
  stage: env.STAGE,
});
