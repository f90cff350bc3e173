import { openSignedApi } from '../platform/aws/signed-api.ts';
import { readEnv } from '../platform/env.ts';
import { makeCallOperatorCommand } from './call-operator-command.ts';
import { makeReplayWidget } from './replay-widget.ts';

const env = readEnv(['OPERATOR_COMMANDS']);

export const handler = makeReplayWidget(
  makeCallOperatorCommand(env.OPERATOR_COMMANDS, openSignedApi()),
);
