/** Time is an argument: only entry points name the system's clock. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
