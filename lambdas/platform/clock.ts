/**
 * Returns the current time. Passed as an argument everywhere; only entry points use the system
 * clock.
 */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
