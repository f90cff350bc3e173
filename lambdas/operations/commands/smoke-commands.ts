import { log } from '../../platform/logger.ts';
import { OperatorIdentity } from '../../platform/operator-identity.ts';
import type { SignSynthetic } from '../sign-synthetic.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface SmokeCommandDeps {
  readonly signSynthetic: SignSynthetic;
}

export function makeSmokeCommands({
  signSynthetic,
}: SmokeCommandDeps): CommandHandlers<'smoke sign'> {
  return {
    async 'smoke sign'({ provider }, operator) {
      const delivery = await signSynthetic(provider);
      const identity = new OperatorIdentity(operator);
      log.info('Synthetic event signed', {
        operator: identity,
        provider,
        eventId: delivery.event,
      });
      return { ...delivery };
    },
  };
}
