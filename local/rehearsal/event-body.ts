import { parseJsonObject } from '../../lambdas/platform/json.ts';
import { BadInputError } from '../user-error.ts';

/** Parts of a provider's body that local mode reads. */
export interface EventBody {
  /** Empty if the body has no id. */
  readonly id: string;
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** @throws BadInputError if the text is no JSON object. */
export function parseEventBody(text: string): EventBody {
  const content = parseJsonObject(text);
  if (content === undefined) throw new BadInputError('The body is no JSON object.');
  const { id, type } = content;
  return {
    id: typeof id === 'string' ? id : '',
    type: typeof type === 'string' ? type : 'an event without a type',
    content,
  };
}
