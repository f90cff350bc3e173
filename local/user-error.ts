/** Error that the user can correct. Commands print its message without a stack trace. */
export class UserError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UserError';
  }
}

/** The arguments are invalid. */
export class BadInputError extends UserError {}

/** The arguments name something that does not exist. */
export class NotFoundError extends UserError {}
