import {
  implicitConstructed,
  explicit,
  integer,
  objectIdentifier,
  sequence,
  setOf,
} from './der.ts';
import { derOf } from './pem.ts';

const data = '1.2.840.113549.1.7.1';
const signedData = '1.2.840.113549.1.7.2';

/** Certificates alone as PKCS #7, DER: a SignedData that nobody signed (RFC 5652 §5.1, RFC 2315 §9.1). */
export function certificateBundle(chain: readonly string[]): Uint8Array {
  const contents = sequence(
    integer(1),
    setOf(),
    sequence(objectIdentifier(data)),
    implicitConstructed(0, setOf(...chain.map((pem) => derOf(pem)))),
    setOf(),
  );
  return new Uint8Array(sequence(objectIdentifier(signedData), explicit(0, contents)));
}
