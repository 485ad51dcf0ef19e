import type { Hierarchy } from './hierarchy.ts';
import type { State } from './state.ts';
import { signRevocationList } from './x509/certificate.ts';
import * as extensions from './x509/extensions.ts';

export type RevocationList = {
  /** DER; signed anew after a revocation and before the last one runs out. */
  current(): Buffer;
  /** To be called after a revocation. */
  invalidate(): void;
};

export type RevocationListOptions = {
  readonly hierarchy: Hierarchy;
  readonly state: State;
  readonly clock: () => Date;
};

const HOUR = 3_600_000;
const VALIDITY = 24 * HOUR;
const REFRESH = 12 * HOUR;
/** Lists begin an hour early, for verifiers whose clocks are slow. */
const BACKDATING = HOUR;

export function createRevocationList(options: RevocationListOptions): RevocationList {
  let list: { readonly bytes: Buffer; readonly signedAt: number } | undefined;
  return {
    current() {
      const now = options.clock().getTime();
      // A clock that was set back must not keep a list from the future in use.
      if (list === undefined || Math.abs(now - list.signedAt) > REFRESH) {
        list = { bytes: signList(options), signedAt: now };
      }
      return list.bytes;
    },
    invalidate() {
      list = undefined;
    },
  };
}

function signList({ hierarchy, state, clock }: RevocationListOptions): Buffer {
  const { issuer } = hierarchy;
  const now = clock();
  return signRevocationList(
    {
      issuer: issuer.name,
      thisUpdate: new Date(now.getTime() - BACKDATING),
      nextUpdate: new Date(now.getTime() + VALIDITY),
      entries: state.certificates.revoked().map(({ serial, revokedAt, reason }) => ({
        serial,
        revokedAt: revokedAt ?? now,
        reason,
      })),
      extensions: [
        extensions.authorityKeyIdentifier(extensions.keyIdentifier(issuer.publicKeyInfo)),
        extensions.crlNumber(state.nextCrlNumber()),
      ],
    },
    issuer.key,
  );
}
