import { weaknessOf } from './account-key.ts';
import { Problem } from './problems.ts';
import type { Identifier } from './problems.ts';
import { keyUsagesFor, purposesFor } from './policy.ts';
import type { Profile } from './profiles.ts';
import { DerError } from './x509/der.ts';
import { readCertificationRequest, RequestError } from './x509/certification-request.ts';
import type { CertificationRequest } from './x509/certification-request.ts';
import { extensionTypes, purposes, readExtendedKeyUsage, readKeyUsage } from './x509/extensions.ts';
import type { Purpose } from './x509/extensions.ts';
import { readGeneralNames } from './x509/names.ts';

/** Reads a certification request and holds it against the order (RFC 8555 §7.4). Throws `badCSR`. */
export function checkRequest(
  bytes: Buffer,
  identifiers: readonly Identifier[],
  profile: Profile,
): CertificationRequest {
  try {
    const request = readCertificationRequest(bytes);
    const weakness = weaknessOf(request.publicKey);
    if (weakness !== undefined) throw new RequestError(weakness);
    checkNames(request, identifiers);
    checkExtensions(request, profile);
    return request;
  } catch (cause) {
    if (cause instanceof RequestError) throw new Problem('badCSR', cause.message, { cause });
    if (cause instanceof DerError) {
      throw new Problem('badCSR', `An extension in the request is malformed: ${cause.message}.`, {
        cause,
      });
    }
    throw cause;
  }
}

/** RFC 8555 §7.4: exactly the identifiers of the order, no more and no fewer. */
function checkNames(request: CertificationRequest, identifiers: readonly Identifier[]): void {
  const requested = new Set(requestedNames(request, identifiers[0]?.type));
  const ordered = new Set(identifiers.map(nameKey));
  for (const name of requested) {
    if (!ordered.has(name))
      throw new RequestError(`The request names ${name}, the order does not.`);
  }
  for (const identifier of identifiers) {
    // draft-ietf-acme-device-attest §3: a request may keep quiet about the device.
    if (identifier.type === 'permanent-identifier' || requested.has(nameKey(identifier))) continue;
    throw new RequestError(`The order names ${nameKey(identifier)}, the request does not.`);
  }
}

function requestedNames(
  request: CertificationRequest,
  type: string | undefined,
): readonly string[] {
  const extension = request.extensions.get(extensionTypes.subjectAltName);
  const names = extension === undefined ? [] : readGeneralNames(extension);
  const known = names.map((name) => {
    if (name === undefined) throw new RequestError('The request has a name of a foreign kind.');
    return nameKey(name);
  });
  // §7.4: a DNS name may stand in the common name; for people and devices that is the CA's to say.
  const common = type === 'dns' ? request.commonNames : [];
  return [...known, ...common.map((value) => nameKey({ type: 'dns', value }))];
}

function nameKey({ type, value }: Identifier): string {
  return `${type}:${type === 'permanent-identifier' ? value : value.toLowerCase()}`;
}

/** RFC 8555 §7.4: no certificate with other contents than those requested. */
function checkExtensions(request: CertificationRequest, profile: Profile): void {
  for (const [type, value] of request.extensions) {
    const accepted = isAccepted(type, value, { request, profile });
    if (!accepted)
      throw new RequestError(`The requested extension ${type} is not for this profile.`);
  }
}

function isAccepted(
  type: string,
  value: Buffer,
  { request, profile }: { request: CertificationRequest; profile: Profile },
): boolean {
  switch (type) {
    case extensionTypes.subjectAltName:
    case extensionTypes.subjectKeyIdentifier:
      return true;
    case extensionTypes.basicConstraints:
      // `CA:FALSE` is an empty sequence, or one with an explicit FALSE from lax encoders.
      return ['3000', '3003010100'].includes(value.toString('hex'));
    case extensionTypes.keyUsage: {
      const granted = purposesFor(profile, requestedPurposes(request));
      const usages = keyUsagesFor(granted, request.publicKey.asymmetricKeyType);
      return readKeyUsage(value).every((usage) => usages.includes(usage));
    }
    case extensionTypes.extendedKeyUsage: {
      const { purposes: usual, choosablePurposes = [] } = profile;
      const accepted: readonly string[] = [...usual, ...choosablePurposes].map(toOid);
      return readExtendedKeyUsage(value).every((purpose) => accepted.includes(purpose));
    }
    default:
      return false;
  }
}

const toOid = (purpose: Purpose): string => purposes[purpose];

/** What the request asks to be good for; nothing when it leaves that to the profile. */
export function requestedPurposes({ extensions }: CertificationRequest): readonly Purpose[] {
  const value = extensions.get(extensionTypes.extendedKeyUsage);
  if (value === undefined) return [];
  const requested = readExtendedKeyUsage(value);
  return (Object.keys(purposes) as Purpose[]).filter((name) => requested.includes(toOid(name)));
}
