import { UserError } from '../../local/user-error.ts';

export { BadInputError, NotFoundError } from '../../local/user-error.ts';

/** The identity may not run the command. */
export class AccessDeniedError extends UserError {}
