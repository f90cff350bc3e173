import { makeCallNamed } from '../platform/aws/invoke-lambda.ts';
import { systemClock as now } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { makeCallOperations } from './call-operations.ts';
import { makeEventsWidget } from './events-widget.ts';

const env = readEnv(['OPERATIONS_FUNCTIONS']);
const operate = makeCallOperations(makeCallNamed(env.OPERATIONS_FUNCTIONS));

export const handler = makeEventsWidget({ operate, now });
