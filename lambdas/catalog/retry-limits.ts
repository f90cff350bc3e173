/** Number of receives after which SQS moves a message to the dead-letter queue. */
export const MAX_RECEIVES = 3;

/** Number of redrives from the dead-letter queue after which an event is exhausted. */
export const MAX_REDRIVES = 5;

/** Retention of dead letters: the maximum of SQS. */
export const DEAD_LETTER_DAYS = 14;
