import type { Identifier } from '../../shared/failure.ts';
import { addressOctets } from './ip-address.ts';
import { explicit, implicit, objectIdentifier, sequence, utf8String } from './der.ts';

/** A name that a certificate request cannot carry. */
export class UnsupportedName extends Error {
  readonly code = 'unsupported-name';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'UnsupportedName';
    this.type = type;
  }
}

export const subjectAlternativeNameOid = '2.5.29.17';
export const userPrincipalNameOid = '1.3.6.1.4.1.311.20.2.3';
const permanentIdentifierOid = '1.3.6.1.5.5.7.8.3';
const objectIdentifierText = /^[0-2](\.(0|[1-9]\d{0,38})){1,30}$/;
// IA5String of RFC 5280 §4.2.1.6; international names come as A-labels.
const visibleAscii = /^[\x21-\x7e]+$/;

export interface AlternativeNames {
  readonly identifiers: readonly Identifier[];
  /** How Windows knows the person, e.g. `alex@corp.example`. */
  readonly userPrincipalName?: string | undefined;
}

/** The value of a subjectAltName extension; undefined when there is no name to put into it. */
export function subjectAlternativeName(names: AlternativeNames): Buffer | undefined {
  const general = names.identifiers.map(generalName);
  if (names.userPrincipalName !== undefined) {
    general.push(otherName(userPrincipalNameOid, utf8String(names.userPrincipalName)));
  }
  return general.length === 0 ? undefined : sequence(...general);
}

function generalName({ type, value }: Identifier): Buffer {
  switch (type) {
    case 'email':
      return implicit(1, ascii(type, value));
    case 'dns':
      return implicit(2, ascii(type, value));
    case 'ip':
      return implicit(7, address(value));
    case 'permanent-identifier':
      return otherName(permanentIdentifierOid, permanentIdentifier(value));
    default:
      throw new UnsupportedName(type, `no subject alternative name is known for "${type}"`);
  }
}

function ascii(type: string, value: string): Buffer {
  if (!visibleAscii.test(value)) throw new UnsupportedName(type, 'the name is not in plain ASCII');
  return Buffer.from(value, 'ascii');
}

/** RFC 5280 §4.2.1.6, RFC 8738 §3: in octets, not as text. */
function address(text: string): Buffer {
  const octets = addressOctets(text);
  if (octets === undefined) throw new UnsupportedName('ip', 'the address is none');
  return octets;
}

/** RFC 5280 §4.2.1.6: `otherName [0]` with its value in an explicit tag. */
const otherName = (oid: string, value: Uint8Array): Buffer =>
  explicit(0, Buffer.concat([objectIdentifier(oid), explicit(0, value)]));

/** RFC 4043 §2; draft-ietf-acme-device-attest-09 writes it as `value["/" assigner]`. */
function permanentIdentifier(text: string): Buffer {
  const [value = '', assigner, ...rest] = text.split('/');
  if (rest.length > 0 || (assigner !== undefined && !objectIdentifierText.test(assigner))) {
    throw new UnsupportedName('permanent-identifier', 'the assigner is not an object identifier');
  }
  return assigner === undefined
    ? sequence(utf8String(value))
    : sequence(utf8String(value), objectIdentifier(assigner));
}
