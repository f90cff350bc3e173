import { UserError } from '../../local/user-error.ts';

/** The arguments name something that does not exist. */
export class NotFoundError extends UserError {}

/** The arguments are invalid. */
export class BadInputError extends UserError {}

/** The identity may not run the command. */
export class AccessDeniedError extends UserError {}
