import { Problem } from '../problems.ts';
import type { ObservedChallengeType } from './challenge-type.ts';
import type { NameResolution } from './name-resolution.ts';
import { persistentRefusal } from './persistent-record.ts';

export type DnsPersistOptions = {
  readonly names: NameResolution;
  readonly issuerDomainNames: readonly string[];
  readonly clock: () => Date;
};

/** draft-ietf-acme-dns-persist: a record that names CA and account, and stays where it is. */
export function createDnsPersist(options: DnsPersistOptions): ObservedChallengeType {
  const { names, issuerDomainNames, clock } = options;
  return {
    kind: 'observed',
    type: 'dns-persist-01',
    tokenless: true,
    describe: (circumstances) => ({
      'issuer-domain-names': circumstances.issuerDomainNames,
      accounturi: circumstances.accountUrl,
    }),
    async observe({ domain, accountUrl, below }) {
      const name = `_validation-persist.${domain}`;
      const texts = await names.textsOf(name);
      const proof = { issuerDomainNames, accountUrl, below, now: clock() };
      const refusal = persistentRefusal(texts, proof);
      if (refusal === undefined) return;
      throw new Problem(refusal.code, `${refusal.detail} (TXT at ${name})`);
    },
  };
}
