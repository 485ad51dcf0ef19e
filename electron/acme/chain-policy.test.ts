import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { TestAuthority } from '../testing/test-authority.ts';
import { chooseChain, type ChainPolicy } from './chain-policy.ts';

const year = 365 * 24 * 3_600_000;
const inYears = (years: number): Date => new Date(Date.now() + years * year);

let chains: readonly (readonly string[])[];
let roots: readonly TestAuthority[];

beforeAll(async () => {
  const oldRoot = await TestAuthority.root({ name: 'Old Root', notAfter: inYears(1) });
  const newRoot = await TestAuthority.root({ name: 'New Root', notAfter: inYears(20) });
  const between = await newRoot.intermediate({ name: 'Between', notAfter: inYears(9) });
  const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  const below = await between.intermediate({ name: 'Below', notAfter: inYears(9) });
  const leaf = await below.issue({ spki });
  const short = await oldRoot.intermediate({ name: 'Below', notAfter: inYears(1) });
  roots = [oldRoot, newRoot];
  chains = [
    [leaf, below.certificate, between.certificate],
    [leaf, short.certificate],
    [leaf, below.certificate, between.certificate, newRoot.certificate],
  ];
});

const chosen = (policy: ChainPolicy) => chooseChain(chains, policy);

describe('of several chains the one is taken', () => {
  test('that the CA hands out first, by default', () => {
    expect(chosen({ prefer: 'default' })).toEqual({ index: 0, choice: 'default' });
  });

  test('that is shortest', () => {
    expect(chosen({ prefer: 'shortest' })).toEqual({ index: 1, choice: 'preferred' });
  });

  test('whose authorities last longest, the first of equals', () => {
    expect(chosen({ prefer: 'longest-lived' })).toEqual({ index: 0, choice: 'preferred' });
  });

  test('that leads to a root, which need not be along', () => {
    const [oldRoot, newRoot] = roots.map(({ certificate }) => certificate);
    expect(chosen({ prefer: 'root', certificate: oldRoot ?? '' }).index).toBe(1);
    expect(chosen({ prefer: 'root', certificate: newRoot ?? '' }).index).toBe(0);
    expect(chosen({ prefer: 'root', commonName: 'Old Root' }).index).toBe(1);
    expect(chosen({ prefer: 'root', commonName: 'New Root' }).index).toBe(0);
  });

  test('whose root has that digest, however it is written', () => {
    const { fingerprint256 } = new X509Certificate(roots[1]?.certificate ?? '');
    const plain = fingerprint256.replaceAll(':', '').toLowerCase();
    for (const fingerprint of [fingerprint256, plain]) {
      expect(chosen({ prefer: 'root', fingerprint })).toEqual({ index: 2, choice: 'preferred' });
    }
  });

  test.each<ChainPolicy>([
    { prefer: 'root', commonName: 'Root' },
    { prefer: 'root', fingerprint: '00'.repeat(32) },
  ])('that is the default, and it is said, when there is none as preferred', (policy) => {
    expect(chosen(policy)).toEqual({ index: 0, choice: 'not-offered' });
  });
});
