import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Self-signed, for 127.0.0.1 and for a day. Node can sign certificates but not write them: https://www.rfc-editor.org/rfc/rfc5280 */
export function makeCertificate(now = new Date()): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
  const body = sequence(
    tagged(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    subject,
    sequence(utcTime(now.getTime() - DAY_MS), utcTime(now.getTime() + DAY_MS)),
    subject,
    publicInfo,
    tagged(0xa3, sequence(keyIdentifier(publicInfo), isAuthority, isLocalhost)),
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, ecdsaWithSha256, tagged(0x03, Buffer.of(0), signature));
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`,
  };
}

const DAY_MS = 86_400_000;

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const sequence = (...parts: readonly Buffer[]) => tagged(0x30, ...parts);
const integer = (bytes: Buffer) => tagged(0x02, bytes);
const octets = (...parts: readonly Buffer[]) => tagged(0x04, ...parts);
const objectId = (hex: string) => tagged(0x06, Buffer.from(hex, 'hex'));
const critical = tagged(0x01, Buffer.of(0xff));

function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

// 1.2.840.10045.4.3.2; the extensions are 2.5.29.14, .19 and .17, the name's only attribute is 2.5.4.3.
const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));
const subject = sequence(
  tagged(0x31, sequence(objectId('550403'), tagged(0x0c, Buffer.from('bench')))),
);
const isAuthority = sequence(objectId('551d13'), critical, octets(sequence(critical)));
const isLocalhost = sequence(
  objectId('551d11'),
  octets(sequence(tagged(0x87, Buffer.of(127, 0, 0, 1)))),
);

const keyIdentifier = (publicInfo: Buffer) =>
  sequence(objectId('551d0e'), octets(octets(createHash('sha1').update(publicInfo).digest())));
