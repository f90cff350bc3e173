/** How often SQS hands a message out before it moves it to the dead letters. */
export const MAX_RECEIVES = 3;

/** How often a dead letter is sent back to its queue before the event is exhausted. */
export const MAX_REDRIVES = 5;

/** How long a dead letter waits: the longest that SQS keeps a message. */
export const DEAD_LETTER_DAYS = 14;
