import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { makeCallNamed } from '../runtime/invoke-function.ts';
import { makeCallOperations } from './call-operations.ts';
import { makeEventsWidget } from './events-widget.ts';

const env = readEnv(['OPERATIONS_FUNCTIONS']);
const operate = makeCallOperations(makeCallNamed(env.OPERATIONS_FUNCTIONS));

export const handler = makeEventsWidget({ operate, now });
