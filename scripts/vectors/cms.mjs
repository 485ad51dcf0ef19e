import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { sha256 } from './octets.mjs';

/** DER (X.690 §10), as much of it as one signature takes. */
function tagged(tag, ...parts) {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag, ...lengthOf(content.length)), content]);
}

function lengthOf(length) {
  if (length < 0x80) return [length];
  const octets = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return [0x80 | octets.length, ...octets];
}

const sequence = (...parts) => tagged(0x30, ...parts);
/** §11.6: by their octets. */
const setOf = (...parts) => tagged(0x31, ...parts.sort(Buffer.compare));
const retagged = (tag, der) => Buffer.concat([Buffer.of(tag), der.subarray(1)]);
const oid = (hex) => tagged(0x06, Buffer.from(hex, 'hex'));
const integer = (number) => tagged(0x02, Buffer.of(number));

const oids = {
  data: oid('2a864886f70d010701'),
  signedData: oid('2a864886f70d010702'),
  contentType: oid('2a864886f70d010903'),
  messageDigest: oid('2a864886f70d010904'),
  signingTime: oid('2a864886f70d010905'),
  sha256: oid('608648016503040201'),
  ecdsaWithSha256: oid('2a8648ce3d040302'),
};

const attribute = (type, value) => sequence(type, setOf(value));

/** RFC 5652 §5: what is inside and who signed it, by ECDSA with SHA-256. */
export function signedData({ content, at, signer, chain, sign, unsigned = [] }) {
  const digestAlgorithm = sequence(oids.sha256);
  const signingTime = tagged(0x17, Buffer.from(at.replaceAll(/^..|[-:T]/g, '')));
  const attributes = setOf(
    attribute(oids.contentType, oids.data),
    attribute(oids.messageDigest, tagged(0x04, sha256(content))),
    attribute(oids.signingTime, signingTime),
  );
  const signerInfo = sequence(
    ...[integer(1), issuerAndSerial(signer), digestAlgorithm, retagged(0xa0, attributes)],
    ...[sequence(oids.ecdsaWithSha256), tagged(0x04, sign(attributes)), ...unsigned],
  );
  const inside = sequence(oids.data, tagged(0xa0, tagged(0x04, Buffer.from(content))));
  const certificates = retagged(0xa0, setOf(...[signer, ...chain]));
  return sequence(
    oids.signedData,
    tagged(
      0xa0,
      sequence(integer(1), setOf(digestAlgorithm), inside, certificates, setOf(signerInfo)),
    ),
  );
}

/** RFC 5652 §11.3, where nobody has signed it. */
export const unsignedTime = (at) =>
  tagged(
    0xa1,
    attribute(oids.signingTime, tagged(0x17, Buffer.from(at.replaceAll(/^..|[-:T]/g, '')))),
  );

/** RFC 5652 §10.2.4. */
function issuerAndSerial(der) {
  const { issuerName } = new x509.X509Certificate(der);
  const serial = Buffer.from(new X509Certificate(der).serialNumber, 'hex');
  const padded = serial[0] >= 0x80 ? Buffer.concat([Buffer.of(0), serial]) : serial;
  return sequence(Buffer.from(issuerName.toArrayBuffer()), tagged(0x02, padded));
}
