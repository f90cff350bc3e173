import type { EndpointChange, ExpectedEndpoint, ProviderEndpoint } from './endpoint.ts';

/** One difference between the webhooks at the provider and what the stage expects. */
export type EndpointFault =
  | { readonly fault: 'missing'; readonly others: readonly string[] }
  | { readonly fault: 'wrong-address'; readonly id: string; readonly address: string }
  | { readonly fault: 'disabled'; readonly id: string }
  | {
      readonly fault: 'missing-event-types';
      readonly id: string;
      readonly missing: readonly string[];
      readonly all: readonly string[];
    }
  | { readonly fault: 'secret-not-stored'; readonly id: string }
  | { readonly fault: 'several'; readonly ids: readonly string[] };

const withoutQuery = (address: string) => address.split('?')[0];

/** Returns true if the webhook leads to the stage. A rotation adds a query to the address. */
export const leadsHere = ({ address }: ProviderEndpoint, expected: ExpectedEndpoint): boolean =>
  withoutQuery(address) === expected.address;

/**
 * Compares the webhooks of an account with the one that the stage expects. Webhooks of other
 * systems are no fault, and neither are additional event types.
 */
export function findEndpointFaults(
  endpoints: readonly ProviderEndpoint[],
  expected: ExpectedEndpoint,
  mayHaveSeveral: boolean,
): readonly EndpointFault[] {
  const here = endpoints.filter((one) => leadsHere(one, expected));
  const used = chooseUsed(here);
  if (used === undefined) return findMoved(endpoints, expected);
  const several: EndpointFault[] =
    here.length > 1 && !mayHaveSeveral ? [{ fault: 'several', ids: here.map(({ id }) => id) }] : [];
  return [...several, ...faultsOf(used, expected)];
}

/** Chooses the webhook that delivers: of a rotation's two, the old one may be disabled. */
const chooseUsed = (here: readonly ProviderEndpoint[]): ProviderEndpoint | undefined =>
  here.find(({ isEnabled, secret }) => isEnabled && secret !== 'missing') ??
  here.find(({ secret }) => secret === 'stored') ??
  here.find(({ isEnabled }) => isEnabled) ??
  here[0];

/** A webhook with the stored secret that leads elsewhere is ours, and was made for another URL. */
function findMoved(
  endpoints: readonly ProviderEndpoint[],
  expected: ExpectedEndpoint,
): readonly EndpointFault[] {
  const moved = endpoints.find(({ secret }) => secret === 'stored');
  if (moved === undefined)
    return [{ fault: 'missing', others: endpoints.map(({ address }) => address) }];
  const { id, address } = moved;
  return [{ fault: 'wrong-address', id, address }, ...faultsOf(moved, expected)];
}

function faultsOf(
  { id, isEnabled, eventTypes, secret }: ProviderEndpoint,
  expected: ExpectedEndpoint,
): readonly EndpointFault[] {
  const missing =
    eventTypes === undefined
      ? []
      : expected.eventTypes.filter((type) => !eventTypes.includes(type));
  const all = [...(eventTypes ?? []), ...missing];
  return [
    ...(isEnabled ? [] : [{ fault: 'disabled' as const, id }]),
    ...(secret === 'missing' ? [{ fault: 'secret-not-stored' as const, id }] : []),
    ...(missing.length > 0 ? [{ fault: 'missing-event-types' as const, id, missing, all }] : []),
  ];
}

/** One step of a repair. `manual` cannot be undone, so an operator has to decide. */
export type RepairAction =
  | { readonly action: 'create' }
  | { readonly action: 'update'; readonly id: string; readonly change: EndpointChange }
  | { readonly action: 'store-secret'; readonly id: string }
  | { readonly action: 'manual' };

/** Returns the step that removes a fault. */
export function repairOf(fault: EndpointFault, expected: ExpectedEndpoint): RepairAction {
  switch (fault.fault) {
    case 'missing':
      return { action: 'create' };
    case 'wrong-address':
      return { action: 'update', id: fault.id, change: { address: expected.address } };
    case 'disabled':
      return { action: 'update', id: fault.id, change: { isEnabled: true } };
    case 'missing-event-types':
      return { action: 'update', id: fault.id, change: { eventTypes: fault.all } };
    case 'secret-not-stored':
      return { action: 'store-secret', id: fault.id };
    case 'several':
      return { action: 'manual' };
  }
}

/** Describes a fault and its repair to an operator. */
export function describeFault(fault: EndpointFault, expected: ExpectedEndpoint) {
  switch (fault.fault) {
    case 'missing':
      return {
        fault:
          `No webhook leads to ${expected.address}.` +
          (fault.others.length > 0 ? ` Other webhooks: ${fault.others.join(', ')}.` : ''),
        repair: 'Creates the webhook and stores its signing secret as the current one.',
      };
    case 'wrong-address':
      return {
        fault: `The webhook ${fault.id} leads to ${fault.address}, not to ${expected.address}.`,
        repair: 'Changes its address. The signing secret stays.',
      };
    case 'disabled':
      return { fault: `The webhook ${fault.id} is disabled.`, repair: 'Enables it.' };
    case 'missing-event-types':
      return {
        fault: `The webhook ${fault.id} does not send ${fault.missing.join(', ')}.`,
        repair: 'Adds these event types. The others stay.',
      };
    case 'secret-not-stored':
      return {
        fault: `The signing secret of the webhook ${fault.id} is not stored.`,
        repair:
          'Stores it, or replaces the webhook if the provider does not show the secret again.',
      };
    case 'several':
      return {
        fault:
          'Several webhooks lead to this stage, each with its own secret: ' +
          `${fault.ids.join(', ')}.`,
        repair: 'None. Delete all but one in the dashboard of the provider.',
      };
  }
}
