import { expect, test } from '@jest/globals';
import {
  type PersonalPlace,
  personalPlaces,
} from '../../lambdas/catalog/privacy/personal-places.ts';
import { at } from './support/references.ts';
import { every, type Resource } from './support/stages.ts';

const DAY_SECONDS = 86_400;

/** Longest time of each property that ends personal data, by the settings of the stage. */
const longest: Readonly<Record<string, (resource: Resource) => number>> = {
  'AWS::Events::Archive': ({ stage }) => stage.config.archiveDays,
  'AWS::Logs::LogGroup': ({ stage }) => stage.config.logRetentionDays,
  'AWS::SQS::Queue': ({ Properties }) => ('RedrivePolicy' in Properties ? 4 : 14) * DAY_SECONDS,
};

const places: readonly PersonalPlace[] = Object.values(personalPlaces);
const ended = places.flatMap(({ place, enforcement }) =>
  enforcement.by === 'template'
    ? every(enforcement.resource).map((resource) => ({
        place,
        resource,
        property: enforcement.property,
      }))
    : [],
);

test('the catalog names resources of the templates', () => {
  const types = new Set(ended.map(({ resource }) => resource.Type));

  expect([...types].sort()).toEqual(Object.keys(longest).sort());
  expect(ended.length).toBeGreaterThan(30);
});

test.each(ended)(
  '$resource.stack: $resource.id ends the data of $place',
  ({ resource, property }) => {
    const kept = Number(at(resource.Properties, property));

    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(longest[resource.Type]?.(resource) ?? 0);
  },
);

const buckets = every('AWS::S3::Bucket');

test.each(buckets)(
  '$stack: $id keeps evidence, or deletes its objects in time',
  ({ Properties }) => {
    const ends =
      at(Properties, 'ObjectLockConfiguration') ??
      at(Properties, 'LifecycleConfiguration', 'Rules');

    expect(ends).toBeDefined();
  },
);
