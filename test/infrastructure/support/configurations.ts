import cdkJson from '../../../cdk.json' with { type: 'json' };

const { stages } = cdkJson.context;

/** A pager's URL is a credential of its own: it must come through as it is. */
export const everybody = {
  emails: ['on-call@motion-mavericks.example', 'second@motion-mavericks.example'],
  httpsEndpoints: ['https://events.pagerduty.example/integration/0123abcd/enqueue'],
  slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
};

/** The stages of cdk.json, and prod as it also may be set: with Postgres in a network of ours, and everybody told. */
export const configurations = {
  ...stages,
  'prod-aurora': { ...stages.prod, database: 'aurora', onCall: everybody },
};

export const configurationNames = Object.keys(configurations);
