import { expect, it } from 'vitest';
import type { ModuleView, TokenView } from '../../shared/models/token.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import { chooseKey } from './choose-key.ts';

/** What SoftHSM keeps for the next token. */
const emptySlot: TokenView = {
  ...{ label: '', manufacturer: 'SoftHSM project', model: 'SoftHSM v2', serial: '' },
  ...{ tokenId: 'empty', kind: 'token', isHardware: false, isInitialized: false },
  ...{ isWritable: true, login: 'pin', pin: 'not-set', puk: 'not-set' },
  ...{ pinLength: { min: 4, max: 255 }, makes: [], signs: [] },
  ...{ keys: [], certificates: [], unread: 0, findings: [] },
};
const lockedCard: TokenView = {
  ...{ ...emptySlot, tokenId: 'card', label: 'card', serial: '1', isInitialized: true },
  ...{ pin: 'locked', makes: ['P-256'], signs: ['P-256'] },
};

function reasonWith(...tokens: readonly TokenView[]): unknown {
  const module: ModuleView = {
    ...{ moduleId: 'm', path: '/lib/m.so', name: 'M', foundBy: 'p11-kit', status: 'ready' },
    readers: tokens.map((token) => ({ readerId: token.tokenId, name: token.tokenId, token })),
  };
  const policy = { types: ['P-256'], places: ['token'], exportable: false } as const;
  const referenceOf = () => ({ ...lockedCard, modulePath: module.path });
  try {
    chooseKey(policy, {}, { osTypes: [], modules: [module], referenceOf });
  } catch (error) {
    return error instanceof TokenError ? error.reason : error;
  }
  return 'chosen';
}

it('a slot that was never set up is no token, and one that is there is told of rather than of none', () => {
  expect(reasonWith(emptySlot)).toBe('not-present');
  expect(reasonWith(emptySlot, lockedCard)).toBe('pin-locked');
});
