import { describe, expect, it } from 'vitest';
import { outputOf, readVectors } from '../testing/vectors.ts';
import { dns01Record } from './dns-01.ts';
import { accountLabel, dnsAccount01Record } from './dns-account-01.ts';
import { dnsPersist01Record } from './dns-persist-01.ts';

interface Input {
  readonly domain: string;
  readonly keyAuthorization: string;
  readonly accountUrl: string;
  readonly issuerDomainNames: readonly string[];
  readonly wildcard: boolean;
  readonly persistUntil?: string;
}
interface Output {
  readonly name: string;
  readonly value: string;
  readonly label?: string;
}

const { good } = readVectors<unknown, Input, Output>('domain-proofs');
const having = (prefix: string) => good.filter(([id]) => id.startsWith(prefix));

describe('the records of the vectors are those that the wallet shows:', () => {
  it.each(having('dns-01'))('%s', (_id, vector) => {
    const { domain, keyAuthorization } = vector.input;
    expect(dns01Record(domain, keyAuthorization)).toMatchObject(outputOf(vector));
  });

  it.each(having('dns-account-01'))('%s', (_id, vector) => {
    const { domain, accountUrl, keyAuthorization } = vector.input;
    const { label, ...record } = outputOf(vector);
    if (label === undefined) {
      const made = dnsAccount01Record(domain, { accountUrl, keyAuthorization });
      expect(made).toMatchObject(record);
      return;
    }
    expect(accountLabel(accountUrl)).toBe(label);
  });

  it.each(having('dns-persist-01'))('%s', (_id, vector) => {
    const { domain, accountUrl, issuerDomainNames, wildcard, persistUntil } = vector.input;
    const made = dnsPersist01Record(domain, {
      ...{ issuerDomainNames, accountUrl, wildcard },
      newAccountUrl: `${new URL(accountUrl).origin}/acme/new-account`,
      persistUntil: persistUntil === undefined ? undefined : new Date(persistUntil),
    });
    expect(made).toMatchObject(outputOf(vector));
  });
});
