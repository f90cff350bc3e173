import type { EventLine } from '../../../lambdas/operations/event-story/event-line.ts';

export const eventKey = ({ id }: EventLine): string => id;
