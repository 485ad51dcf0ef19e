import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ModuleView, TokenKeyView, TokenView } from '../../shared/models/token.ts';
import { sampleCredential, sampleEnrollment } from '../testing/wallet-samples.ts';
import type { TokenKeyRow } from '../wallet/token-key-table.ts';
import { openWallet, type Wallet } from '../wallet/wallet.ts';
import { withOwners } from './token-owners.ts';

let directory: string;
let wallet: Wallet;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-owners-'));
  const clock = (): Date => new Date('2026-11-22T10:00:00Z');
  wallet = openWallet({ directory, clock, report: () => undefined });
});

afterEach(() => {
  wallet.close();
  rmSync(directory, { recursive: true, force: true });
});

const reference = (serial: string) => ({
  ...{ label: 'work', manufacturer: 'Maker', model: 'Card', serial, modulePath: '/lib/card.so' },
});
const tokenIdOf = ({ serial }: { readonly serial: string }): string | null =>
  serial === 'away' ? null : `id of ${serial}`;

const seen = (keyId: string): TokenKeyView => ({
  ...{ keyId, label: '', type: 'P-256', algorithm: 'P-256', alwaysAuthenticate: false },
  owner: 'foreign',
});

function viewOf(serial: string, ...keyIds: readonly string[]): ModuleView {
  const token: TokenView = {
    ...{ label: 'work', manufacturer: 'Maker', model: 'Card', serial, tokenId: `id of ${serial}` },
    ...{ kind: 'token', isHardware: true, isInitialized: true, isWritable: true },
    ...{ login: 'pin', pin: 'ok', puk: 'ok', pinLength: { min: 4, max: 8 }, makes: [], signs: [] },
    keys: keyIds.map(seen),
    certificates: keyIds.map((keyId) => ({
      ...{ keyId, label: '', subject: 'CN=Alex', issuer: 'CN=CA' },
      ...{ notBefore: '2026-11-22T10:00:00.000Z', notAfter: '2027-11-22T10:00:00.000Z' },
      ...{ fingerprint: 'ab'.repeat(32), isSelfSigned: false },
    })),
    unread: 0,
    findings: [],
  };
  return {
    ...{ moduleId: 'module', path: '/lib/card.so', name: 'Card', foundBy: 'p11-kit' },
    ...{ status: 'ready', readers: [{ readerId: serial, name: serial, token }] },
  };
}

function remember(id: string, keyId: string, changes: Partial<TokenKeyRow> = {}): void {
  wallet.tokenKeys.save({
    ...{ id, key: { token: reference('1'), id: keyId }, type: 'P-256' },
    ...{ state: 'made', origin: 'made', spki: new Uint8Array([1]) },
    ...changes,
  });
}

const tokensOf = (modules: readonly ModuleView[]) =>
  modules.flatMap(({ readers }) => readers.flatMap(({ token }) => token ?? []));
const ownersOf = (...views: readonly ModuleView[]) =>
  tokensOf(withOwners(views, { wallet, tokenIdOf })).map(({ keys }) =>
    keys.map(({ keyId, owner, credentialId }) => [keyId, owner, credentialId]),
  );

it('keys and certificates of a credential are its own, others stay whose they are', () => {
  remember('key', '01');
  wallet.credentials.save({ ...sampleCredential, key: { ...sampleCredential.key, id: 'key' } });
  expect(ownersOf(viewOf('1', '01', '02'))).toEqual([
    [
      ['01', 'credential', 'credential-1'],
      ['02', 'foreign', undefined],
    ],
  ]);
  const [token] = tokensOf(withOwners([viewOf('1', '01', '02')], { wallet, tokenIdOf }));
  expect(token?.certificates.map(({ credentialId }) => credentialId)).toEqual([
    'credential-1',
    undefined,
  ]);
});

it('a key with the same id on another token is nobody’s', () => {
  remember('key', '01');
  wallet.credentials.save({ ...sampleCredential, key: { ...sampleCredential.key, id: 'key' } });
  expect(ownersOf(viewOf('2', '01'), viewOf('1', '01'))).toEqual([
    [['01', 'foreign', undefined]],
    [['01', 'credential', 'credential-1']],
  ]);
});

it('a credential comes before the enrolment that made it, and an account has both its keys', () => {
  for (const id of ['key-1', 'old', 'next']) remember(id, Buffer.from(id).toString('hex'));
  wallet.enrollments.write(sampleEnrollment);
  wallet.accounts.save({
    ...{ organizationId: 'org.example', directoryUrl: 'https://ca.example/', keyId: 'old' },
    ...{ keyType: 'P-256', keyPlace: 'token', accountUrl: 'https://ca.example/1' },
    keyChange: { state: 'changing', to: { keyId: 'next', keyType: 'P-256', keyPlace: 'token' } },
    ...{ status: 'valid', createdAt: '2026-11-22T10:00:00.000Z' },
  });
  const owners = () =>
    ownersOf(viewOf('1', ...wallet.tokenKeys.list().map(({ key }) => key.id)))[0];
  expect(owners()?.map(([, owner]) => owner)).toEqual(['enrollment', 'account', 'account']);
  wallet.credentials.save(sampleCredential);
  expect(owners()?.[0]?.[1]).toBe('credential');
});

it('keys that were left behind are listed also where the token hides them', () => {
  remember('shown', '01', { state: 'left-behind' });
  remember('hidden', '02', { state: 'left-behind', spki: null });
  remember('theirs', '03', { state: 'left-behind', origin: 'found' });
  remember('elsewhere', '04', {
    ...{ state: 'left-behind', key: { token: reference('away'), id: '04' } },
  });
  expect(ownersOf(viewOf('1', '01', '03'))).toEqual([
    [
      ['01', 'left-behind', undefined],
      ['03', 'foreign', undefined],
      ['02', 'left-behind', undefined],
    ],
  ]);
});

it('nothing is changed where the wallet has no keys', () => {
  const views = [viewOf('1', '01')];
  expect(withOwners(views, { wallet, tokenIdOf })).toBe(views);
});
