import { describe, expect, it } from 'vitest';
import type { KeyPlace, KeyType } from '../../shared/models/enrollment-profile.ts';
import type { ModuleView, TokenKeyView, TokenView } from '../../shared/models/token.ts';
import { chooseKey, concernsTokens, type KeyWish } from './choose-key.ts';

const reference = {
  ...{ label: 'card', manufacturer: 'Maker', model: 'Card', serial: '1' },
  modulePath: '/lib/card.so',
};
const onCard = (keyId: string): TokenKeyView => ({
  ...{ keyId, label: '', type: 'P-256', algorithm: 'P-256' },
  ...{ alwaysAuthenticate: false, owner: 'foreign' },
});

/** A token that makes keys, or one that has some. */
function tokenWith(makes: readonly KeyType[], ...keys: readonly TokenKeyView[]): TokenView {
  return {
    ...{ label: 'card', manufacturer: 'Maker', model: 'Card', serial: '1' },
    ...{ tokenId: `token ${makes.length}`, kind: 'token', isHardware: true, isInitialized: true },
    ...{ isWritable: true, login: 'pin', pin: 'ok', puk: 'ok', pinLength: { min: 4, max: 8 } },
    ...{ makes, signs: ['P-256'], keys, certificates: [], unread: 0, findings: [] },
  };
}

function choose(tokens: readonly TokenView[], wish: KeyWish = {}) {
  const module: ModuleView = {
    ...{ moduleId: 'module', path: '/lib/card.so', name: 'Cards', foundBy: 'p11-kit' },
    ...{ status: 'ready' },
    readers: tokens.map((token) => ({ readerId: token.tokenId, name: 'reader', token })),
  };
  const policy = {
    types: ['P-256'] as const,
    places: ['token', 'software'] as const,
    exportable: false,
  };
  return chooseKey(policy, wish, { osTypes: [], modules: [module], referenceOf: () => reference });
}

const notChosen = expect.objectContaining({ reason: 'key-not-chosen' }) as Error;

describe('a key that is on a token', () => {
  const card = tokenWith([], onCard('01'));
  const place = { in: 'token', tokenId: card.tokenId } as const;

  it('is used when it was named', () => {
    const keyPlace = { ...place, keyId: '01' };
    expect(choose([card], { keyPlace })).toMatchObject({ existing: '01', token: reference });
  });

  it('is used by nobody who did not name it, though it is the only one', () => {
    expect(() => choose([card], { keyPlace: place })).toThrow(notChosen);
    expect(() => choose([card])).toThrow(notChosen);
  });

  it('is not in the way of a token that makes keys', () => {
    const key = choose([card, tokenWith(['P-256'])]);
    expect(key).toMatchObject({ place: 'token' });
    expect(key).not.toHaveProperty('existing');
  });
});

describe('tokens are looked at', () => {
  it.each<[boolean, readonly KeyPlace[], KeyWish, readonly KeyType[]]>([
    [true, ['token', 'software'], {}, []],
    [true, ['tpm'], {}, []],
    [false, ['software', 'token'], {}, []],
    [false, ['os', 'token'], {}, ['P-256']],
    [true, ['os', 'token'], {}, ['P-384']],
    [true, ['os', 'token'], { keyType: 'P-384' }, ['P-256']],
    [true, ['software', 'token'], { keyPlace: { in: 'token', tokenId: 'a' } }, []],
    [false, ['token', 'software'], { keyPlace: { in: 'software' } }, []],
  ])('%s: for the places %j with the wish %j where the system makes %j', (is, places, wish, os) => {
    expect(concernsTokens({ types: ['P-256'], places }, wish, os)).toBe(is);
  });
});
