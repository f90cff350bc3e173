/**
 * The type of an event that `npm run smoke` makes: really signed, on the way that every event takes, recorded as what it is
 * and without any effect. No provider has such a type. It is counted apart, so that it neither ends a silence nor changes
 * a failure rate.
 */
export const syntheticType = 'motion_mavericks.smoke';

export const isSynthetic = (eventType: string | undefined): boolean => eventType === syntheticType;
