import type {
  ModuleView,
  TokenCertificateView,
  TokenKeyView,
  TokenView,
} from '../../shared/models/token.ts';
import type { TokenReference } from '../pkcs11/token-access.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { TokenKeyRow } from '../wallet/token-key-table.ts';

export interface TokenOwnersOptions {
  readonly wallet: Pick<Wallet, 'tokenKeys' | 'credentials' | 'accounts' | 'enrollments'>;
  /** The opaque id of a token that is there now. */
  readonly tokenIdOf: (token: TokenReference) => string | null;
}

interface Ownership {
  readonly owner: Exclude<TokenKeyView['owner'], 'foreign'>;
  readonly credentialId?: string;
}

interface OwnKey extends Ownership {
  readonly row: TokenKeyRow;
}

/**
 * The modules with the owners of all keys, by what the wallet remembers. Keys that were left behind are listed also
 * where the token shows them to nobody before it is unlocked: they are there to be removed.
 */
export function withOwners(
  modules: readonly ModuleView[],
  options: TokenOwnersOptions,
): readonly ModuleView[] {
  const byToken = ownKeys(options);
  if (byToken.size === 0) return modules;
  return modules.map((module) => ({
    ...module,
    readers: module.readers.map((reader) => {
      const { token } = reader;
      const own = token && byToken.get(token.tokenId);
      return own ? { ...reader, token: tokenWithOwners(token, own) } : reader;
    }),
  }));
}

function ownKeys({ wallet, tokenIdOf }: TokenOwnersOptions): ReadonlyMap<string, OwnKey[]> {
  const owners = ownersById(wallet);
  const byToken = new Map<string, OwnKey[]>();
  for (const row of wallet.tokenKeys.list()) {
    const tokenId = tokenIdOf(row.key.token);
    const ownership = ownershipOf(row, owners);
    if (tokenId === null || ownership === undefined) continue;
    byToken.set(tokenId, [...(byToken.get(tokenId) ?? []), { row, ...ownership }]);
  }
  return byToken;
}

function ownershipOf(
  { id, state, origin }: TokenKeyRow,
  owners: ReadonlyMap<string, Ownership>,
): Ownership | undefined {
  if (state === 'left-behind') {
    // A key that was there before is nobody's again.
    return origin === 'made' ? { owner: 'left-behind' } : undefined;
  }
  return owners.get(id);
}

function ownersById(wallet: TokenOwnersOptions['wallet']): ReadonlyMap<string, Ownership> {
  const owners = new Map<string, Ownership>();
  for (const { keyId } of wallet.enrollments.list()) owners.set(keyId, { owner: 'enrollment' });
  for (const { keyId, keyChange } of wallet.accounts.list()) {
    owners.set(keyId, { owner: 'account' });
    if (keyChange?.state === 'changing') owners.set(keyChange.to.keyId, { owner: 'account' });
  }
  for (const { id, key } of wallet.credentials.list()) {
    owners.set(key.id, { owner: 'credential', credentialId: id });
  }
  return owners;
}

function tokenWithOwners(token: TokenView, own: readonly OwnKey[]): TokenView {
  const byKeyId = new Map(own.map((each) => [each.row.key.id, each]));
  const seen = new Set(token.keys.map(({ keyId }) => keyId));
  const unseen = own.filter(({ row, owner }) => owner === 'left-behind' && !seen.has(row.key.id));
  return {
    ...token,
    keys: [...token.keys.map((key) => keyWithOwner(key, byKeyId)), ...unseen.map(unseenKey)],
    certificates: token.certificates.map((each) => certificateWithOwner(each, byKeyId)),
  };
}

function keyWithOwner(key: TokenKeyView, own: ReadonlyMap<string, OwnKey>): TokenKeyView {
  const { owner, credentialId } = own.get(key.keyId) ?? {};
  if (owner === undefined) return key;
  return { ...key, owner, ...(credentialId !== undefined && { credentialId }) };
}

function certificateWithOwner(
  certificate: TokenCertificateView,
  own: ReadonlyMap<string, OwnKey>,
): TokenCertificateView {
  const credentialId = own.get(certificate.keyId)?.credentialId;
  return credentialId === undefined ? certificate : { ...certificate, credentialId };
}

const unseenKey = ({ row, owner }: OwnKey): TokenKeyView => ({
  ...{ keyId: row.key.id, label: '', type: row.type, algorithm: row.type },
  ...{ alwaysAuthenticate: false, owner },
});
