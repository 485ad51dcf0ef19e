import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CertificateFault } from '../../shared/failure.ts';
import { TestAuthority, type LeafDetails } from '../testing/test-authority.ts';
import { CertificateError } from './certificate-error.ts';
import { derOf } from './pem.ts';
import { verifyChain, type ChainToVerify } from './chain.ts';

const hour = 3_600_000;
const now = new Date();
const ago = (hours: number): Date => new Date(now.getTime() - hours * hour);
const clientAuth = '1.3.6.1.5.5.7.3.2';
const serverAuth = '1.3.6.1.5.5.7.3.1';
const identifiers = [{ type: 'email', value: 'alex@example.test' }];
const spki = newSpki();

function newSpki(type: 'ec' | 'rsa' = 'ec'): Buffer {
  const { publicKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return publicKey.export({ type: 'spki', format: 'der' });
}

let root: TestAuthority;
let stranger: TestAuthority;
let intermediate: TestAuthority;

beforeAll(async () => {
  [root, stranger] = await Promise.all([TestAuthority.root(), TestAuthority.root()]);
  intermediate = await root.intermediate({ pathLength: 0 });
});

const issue = (issuer: TestAuthority, details: Partial<LeafDetails> = {}): Promise<string> =>
  issuer.issue({
    spki,
    names: [{ type: 'email', value: 'alex@example.test' }],
    extendedKeyUsages: [clientAuth],
    ...details,
  });

function faultOf(
  chain: readonly string[],
  rest: Partial<ChainToVerify> = {},
): CertificateFault | 'none' {
  try {
    verifyChain({
      chain,
      leafSpki: spki,
      roots: [stranger.certificate, root.certificate],
      now,
      identifiers,
      purpose: 'client',
      ...rest,
    });
    return 'none';
  } catch (error) {
    if (error instanceof CertificateError) return error.reason;
    throw error;
  }
}

describe('a chain is accepted', () => {
  test('from the leaf to an intermediate that a root has signed', async () => {
    expect(faultOf([await issue(intermediate), intermediate.certificate])).toBe('none');
  });

  test('that brings its root along', async () => {
    const chain = [await issue(intermediate), intermediate.certificate, root.certificate];
    expect(faultOf(chain)).toBe('none');
  });

  test('that a root has signed by itself', async () => {
    expect(faultOf([await issue(root)])).toBe('none');
  });

  test('that goes on beyond a trusted root', async () => {
    const cross = await stranger.intermediate();
    const chain = [await issue(intermediate), intermediate.certificate, cross.certificate];
    expect(faultOf(chain)).toBe('none');
  });

  test('by itself when no roots are known', async () => {
    const chain = [await issue(intermediate), intermediate.certificate];
    expect(faultOf(chain, { roots: undefined })).toBe('none');
  });

  test('for any purpose when it names none, or every one', async () => {
    expect(faultOf([await issue(root, { extendedKeyUsages: undefined as never })])).toBe('none');
    expect(faultOf([await issue(root, { extendedKeyUsages: ['2.5.29.37.0'] })])).toBe('none');
  });

  test('for all that a service asked for, whatever else it is for', async () => {
    const both = await issue(root, { extendedKeyUsages: [clientAuth, serverAuth] });
    for (const usages of [['serverAuth'], ['clientAuth'], ['clientAuth', 'serverAuth']] as const) {
      expect(faultOf([both], { purpose: 'service', usages })).toBe('none');
    }
    const every = await issue(root, { extendedKeyUsages: ['2.5.29.37.0'] });
    expect(faultOf([every], { purpose: 'service', usages: ['serverAuth'] })).toBe('none');
  });

  test('for a name in other letters', async () => {
    const names = [{ type: 'email', value: 'Alex@Example.Test' }] as const;
    expect(faultOf([await issue(root, { names })])).toBe('none');
  });

  test('from a CA whose clock is a little ahead', async () => {
    const details = { notBefore: new Date(now.getTime() + 60_000) };
    expect(faultOf([await issue(root, details)])).toBe('none');
  });

  test('without the permanent identifier, which a CA may leave out', async () => {
    const device = { type: 'permanent-identifier', value: 'SN-1' };
    expect(faultOf([await issue(root, { names: [] })], { identifiers: [device] })).toBe('none');
  });
});

describe('a chain is refused', () => {
  test('that lacks one of the usages that a service asked for', async () => {
    const refused = 'purpose-mismatch';
    const caller = [await issue(root)];
    const server = [await issue(root, { extendedKeyUsages: [serverAuth] })];
    expect(faultOf(caller, { purpose: 'service', usages: ['serverAuth'] })).toBe(refused);
    expect(faultOf(server, { purpose: 'service', usages: ['clientAuth'] })).toBe(refused);
    expect(faultOf(server, { purpose: 'service' })).toBe(refused);
    const usages = ['clientAuth', 'serverAuth'] as const;
    for (const chain of [caller, server]) {
      expect(faultOf(chain, { purpose: 'service', usages })).toBe(refused);
    }
  });

  test('for another key', async () => {
    expect(faultOf([await issue(root, { spki: newSpki() })])).toBe('key-mismatch');
    expect(faultOf([await issue(root, { spki: newSpki('rsa') })])).toBe('key-mismatch');
  });

  test('from a root that nobody trusts', async () => {
    const other = await TestAuthority.root({ name: 'Test Root' });
    expect(faultOf([await issue(other)])).toBe('chain-broken');
    expect(faultOf([await issue(other), other.certificate])).toBe('chain-broken');
  });

  test('when no root is trusted', async () => {
    expect(faultOf([await issue(root)], { roots: [] })).toBe('chain-broken');
  });

  test('in another order', async () => {
    const chain = [await issue(intermediate), root.certificate, intermediate.certificate];
    expect(faultOf(chain, { roots: undefined })).toBe('chain-broken');
  });

  test('with a link missing', async () => {
    expect(faultOf([await issue(intermediate)])).toBe('chain-broken');
    const chain = [await issue(intermediate), root.certificate];
    expect(faultOf(chain)).toBe('chain-broken');
  });

  test('signed by another key of the same name', async () => {
    const imposter = await stranger.intermediate({ pathLength: 0 });
    expect(faultOf([await issue(imposter), intermediate.certificate])).toBe('chain-broken');
  });

  test('through somebody who is no authority', async () => {
    const fake = await root.intermediate({ authority: false });
    expect(faultOf([await issue(fake), fake.certificate])).toBe('chain-broken');
  });

  test('through more authorities than one of them allows', async () => {
    const below = await intermediate.intermediate({ name: 'Below' });
    const chain = [await issue(below), below.certificate, intermediate.certificate];
    expect(faultOf(chain)).toBe('chain-broken');
  });

  test('that is over, or whose issuer is', async () => {
    expect(faultOf([await issue(root, { notBefore: ago(3), notAfter: ago(1) })])).toBe('expired');
    const old = await root.intermediate({ notBefore: ago(3), notAfter: ago(1) });
    expect(faultOf([await issue(old), old.certificate])).toBe('expired');
  });

  test('that has not begun, or whose issuer has not', async () => {
    const later = { notBefore: new Date(now.getTime() + hour) };
    expect(faultOf([await issue(root, later)])).toBe('not-yet-valid');
    const young = await root.intermediate(later);
    expect(faultOf([await issue(young), young.certificate])).toBe('not-yet-valid');
  });

  test.each([
    ['another', [{ type: 'email', value: 'sam@example.test' }]],
    ['a host of the same spelling', [{ type: 'dns', value: 'alex@example.test' }]],
    ['no', []],
  ] as const)('with %s name', async (_title, names) => {
    expect(faultOf([await issue(root, { names })])).toBe('identifier-mismatch');
  });

  test('that leaves one of the names out', async () => {
    const ordered = [...identifiers, { type: 'dns', value: 'a.example' }];
    expect(faultOf([await issue(root)], { identifiers: ordered })).toBe('identifier-mismatch');
  });

  test.each([
    ['mailbox', { type: 'email', value: 'sam@example.test' }],
    ['host', { type: 'dns', value: 'bank.example' }],
    ['address', { type: 'ip', value: '192.0.2.1' }],
  ] as const)('that has one more %s than was ordered', async (_title, extra) => {
    const names = [{ type: 'email', value: 'alex@example.test' }, extra] as const;
    const chain = [await issue(root, { names })];
    expect(faultOf(chain)).toBe('identifier-mismatch');
    expect(faultOf(chain, { identifiers: [...identifiers, extra] })).toBe('none');
    const device = { type: 'permanent-identifier', value: 'SN-1' };
    expect(faultOf(chain, { identifiers: [device] })).toBe('identifier-mismatch');
  });

  test('for another purpose', async () => {
    expect(faultOf([await issue(root)], { purpose: 'codeSigning' })).toBe('purpose-mismatch');
    expect(faultOf([await issue(root, { authority: true })])).toBe('purpose-mismatch');
  });

  test.each([
    ['nothing', []],
    ['text', ['hello']],
    ['a key', ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----']],
  ])('that is %s', (_title, chain) => {
    expect(faultOf(chain)).toBe('unreadable');
  });

  test('with octets that were changed, or is the same to whoever reads it', async () => {
    const chain = [await issue(intermediate), intermediate.certificate];
    const ders = chain.map(derOf);
    fc.assert(
      fc.property(fc.nat(1), fc.nat(10_000), fc.nat(255), (which, position, octet) => {
        const changed = ders.map((der) => Buffer.from(der));
        const der = changed[which] ?? Buffer.alloc(0);
        der[position % der.length] = octet;
        const isSame = changed.every((each, index) => each.equals(ders[index] ?? each));
        const pems = changed.map(toPem);
        expect(faultOf(pems) === 'none').toBe(isSame);
      }),
      { numRuns: 300 },
    );
  });
});

const toPem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;

describe('what is kept of a chain', () => {
  const kept = (chain: readonly string[], roots?: readonly string[]): readonly string[] =>
    verifyChain({ chain, leafSpki: spki, roots, now, identifiers, purpose: 'client' });

  test('is all that was checked, and nothing that a server puts behind it', async () => {
    const leaf = await issue(intermediate);
    const path = [leaf, intermediate.certificate];
    const roots = [root.certificate];
    expect(kept(path, roots)).toEqual(path);
    expect(kept([...path, stranger.certificate], roots)).toEqual(path);
    expect(kept([...path, stranger.certificate, stranger.certificate], roots)).toEqual(path);
    // A root that comes along is known already.
    const withRoot = [...path, root.certificate];
    expect(kept([...withRoot, stranger.certificate], roots)).toEqual(path);
  });

  test('is the whole of it where nobody says which root it has to lead to', async () => {
    const whole = [await issue(intermediate), intermediate.certificate, root.certificate];
    expect(kept(whole)).toEqual(whole);
  });
});
