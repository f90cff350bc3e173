import { expect, test } from '@jest/globals';
import { openAccount } from '../../../../scripts/pipeline/emulator/emulated-account.ts';
import {
  pinnedEnvironment,
  requireLoopback,
} from '../../../../scripts/pipeline/emulator/loopback.ts';
import { emulatedRoute } from '../../../../scripts/pipeline/emulator/webhook.ts';

const elsewhere = [
  'https://sqs.ap-southeast-2.amazonaws.com',
  'http://10.0.0.1:4566',
  'http://127.0.0.1.example.org:4566',
  'http://localhost.example.org:4566',
  'http://127.0.0.1@example.org:4566',
  'http://0.0.0.0:4566',
  'http://169.254.169.254:80',
  'https://127.0.0.1:4566',
  'http://127.0.0.1',
  'http://127.0.0.1:4566/path',
  'file:///etc/passwd',
  'nonsense',
  '',
];

const options = {
  endpoint: 'http://127.0.0.1:4566',
  account: '123456789012',
  region: 'ap-southeast-2',
  home: '/tmp/home',
};

test.each(elsewhere)('rejects the endpoint %p everywhere', (endpoint) => {
  expect(() => requireLoopback(endpoint)).toThrow('http://127.0.0.1');
  expect(() => pinnedEnvironment({ ...options, endpoint }, {})).toThrow('http://127.0.0.1');
  expect(() => openAccount({ ...options, endpoint })).toThrow('http://127.0.0.1');
  expect(() =>
    emulatedRoute({ provider: 'mux', endpoint, apiUrl: 'http://abc.execute-api.x' }),
  ).toThrow('http://127.0.0.1');
});

test.each(['http://127.0.0.1:4566', 'http://localhost:4566/', 'http://[::1]:4566'])(
  'accepts %s',
  (endpoint) => {
    expect(requireLoopback(endpoint)).toBe(endpoint.replace(/\/$/, ''));
  },
);

test('passes on nothing of the caller that could select an account', () => {
  const caller = {
    PATH: '/usr/bin',
    HOME: '/root',
    AWS_PROFILE: 'prod',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    AWS_ENDPOINT_URL_S3: 'https://s3.amazonaws.com',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2',
    CDK_DEFAULT_ACCOUNT: '999999999999',
    DATABASE_URL: 'postgres://prod',
    NODE_OPTIONS: '--inspect',
    HTTPS_PROXY: 'http://proxy',
  };
  const { PATH, ...others } = pinnedEnvironment(options, caller);

  expect(PATH).toMatch(/:\/usr\/bin$/);
  expect(others).toEqual({
    HOME: '/tmp/home',
    AWS_ACCESS_KEY_ID: '123456789012',
    AWS_SECRET_ACCESS_KEY: 'emulated',
    AWS_REGION: 'ap-southeast-2',
    AWS_DEFAULT_REGION: 'ap-southeast-2',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:4566',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:4566',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  });
});

test.each([
  'https://60af3f90.execute-api.ap-southeast-2.amazonaws.com',
  'http://60af3f90.execute-api.127.0.0.1:4566',
])('calls the API of %s at the emulator', (apiUrl) => {
  expect(emulatedRoute({ provider: 'mux', endpoint: options.endpoint, apiUrl })).toBe(
    'http://127.0.0.1:4566/_aws/execute-api/60af3f90/$default/api/v1/webhooks/mux',
  );
});

test('rejects an output that names no API', () => {
  expect(() => emulatedRoute({ provider: 'mux', endpoint: options.endpoint, apiUrl: '' })).toThrow(
    'names no API',
  );
});
