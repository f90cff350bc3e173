import { type ControlClient, makeControlClient } from '../../local/control-server.ts';
import { findRunning, NOT_RUNNING, stateDirectory } from '../../local/running-instance.ts';
import { UserError } from '../../local/user-error.ts';

/** Connects to the instance of npm start. @throws UserError if none is ready. */
export async function connectToRunning(): Promise<ControlClient> {
  const running = await findRunning(stateDirectory);
  if (running === undefined) throw new UserError(NOT_RUNNING);
  if (running.at === undefined)
    throw new UserError('Local mode is still starting. Try again in a moment.');
  return makeControlClient(running.at.controlUrl);
}
