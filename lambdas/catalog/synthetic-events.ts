/**
 * Event type of `npm run smoke`. A synthetic event is signed, queued and recorded like any other,
 * without effects. No provider has this type. Synthetic events are counted apart: they must not end
 * a missing-traffic alarm or change a failure rate.
 */
export const syntheticType = 'motion_mavericks.smoke';

export const isSynthetic = (eventType: string | undefined): boolean => eventType === syntheticType;
