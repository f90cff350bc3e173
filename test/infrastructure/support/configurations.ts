import cdkJson from '../../../cdk.json' with { type: 'json' };

const { stages } = cdkJson.context;

/**
 * On-call settings with every kind of channel. The URL of a pager is a credential and must not
 * change.
 */
export const allChannels = {
  emails: ['on-call@motion-mavericks.example', 'second@motion-mavericks.example'],
  httpsEndpoints: ['https://events.pagerduty.example/integration/0123abcd/enqueue'],
  slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
};

/** The stages of cdk.json, and a variant of prod with Aurora and every kind of on-call channel. */
export const configurations = {
  ...stages,
  'prod-aurora': { ...stages.prod, database: 'aurora', onCall: allChannels },
};

export const configurationNames = Object.keys(configurations);
