import type { DomainProof } from '../../../electron/acme/domain-proof.ts';

/** A proof that is put up nowhere: the server under measurement is told to believe. */
export const believed: DomainProof = {
  type: 'http-01',
  suits: () => true,
  prepare: () => Promise.resolve(() => Promise.resolve()),
};
