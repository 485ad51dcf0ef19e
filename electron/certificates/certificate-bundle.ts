import { cmsOids } from './cms-signed-data.ts';
import {
  implicitConstructed,
  explicit,
  integer,
  objectIdentifier,
  sequence,
  setOf,
} from './der.ts';
import { derOf } from './pem.ts';

/** Certificates alone as PKCS #7, DER: a SignedData that nobody signed (RFC 5652 §5.1, RFC 2315 §9.1). */
export function certificateBundle(chain: readonly string[]): Uint8Array {
  const contents = sequence(
    integer(1),
    setOf(),
    sequence(objectIdentifier(cmsOids.data)),
    implicitConstructed(0, setOf(...chain.map((pem) => derOf(pem)))),
    setOf(),
  );
  return new Uint8Array(sequence(objectIdentifier(cmsOids.signedData), explicit(0, contents)));
}
