import { openSignedApi } from '../platform/aws/signed-api.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { makeCallOperatorCommand } from './call-operator-command.ts';
import { makeEventsWidget } from './events-widget.ts';

const env = readEnv(['OPERATOR_COMMANDS', 'REPLAY_WIDGET_ARN', 'STAGE']);

export const handler = makeEventsWidget({
  callCommand: makeCallOperatorCommand(env.OPERATOR_COMMANDS, openSignedApi()),
  now: systemClock,
  stage: env.STAGE,
  replayEndpoint: env.REPLAY_WIDGET_ARN,
});
