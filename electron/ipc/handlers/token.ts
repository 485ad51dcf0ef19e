import type { Handlers } from '../../../shared/ipc-contract.ts';
import type { TokenCare } from '../../credentials/token-care.ts';
import type { PinDesk } from '../../keys/pin-desk.ts';
import type { TokenAccess } from '../../pkcs11/token-access.ts';

export interface TokenRoom {
  readonly tokens: Pick<TokenAccess, 'watch' | 'refresh' | 'addModule' | 'forgetModule'>;
  readonly tokenCare: Pick<TokenCare, 'compatibility' | 'changePin' | 'unblockPin' | 'removeKey'>;
  readonly pinDesk: Pick<PinDesk, 'answer' | 'decline'>;
  /** Asks for the file of a PKCS #11 module; `null` when the person chose none. */
  readonly chooseModule: () => Promise<string | null>;
}

/** The border overwrites the octets of each request when its handler is done with them. */
export function tokenHandlers({ tokens, tokenCare, pinDesk, chooseModule }: TokenRoom) {
  return {
    async watch() {
      await tokens.watch();
    },
    async refresh() {
      await tokens.refresh();
    },
    async addModule() {
      const path = await chooseModule();
      if (path !== null) await tokens.addModule(path);
    },
    async forgetModule({ moduleId }) {
      await tokens.forgetModule(moduleId);
    },
    compatibility: ({ organizationId, offerId }) =>
      tokenCare.compatibility(organizationId, offerId),
    async changePin({ tokenId, pin = null, newPin = null, acceptFinalTry }) {
      await tokenCare.changePin(tokenId, { current: pin, next: newPin, acceptFinalTry });
    },
    async unblockPin({ tokenId, puk = null, newPin = null, acceptFinalTry }) {
      await tokenCare.unblockPin(tokenId, { current: puk, next: newPin, acceptFinalTry });
    },
    async removeKey({ tokenId, keyId }) {
      await tokenCare.removeKey(tokenId, keyId);
    },
    async answerPin({ questionId, pin, acceptFinalTry }) {
      pinDesk.answer({ questionId, pin, acceptFinalTry });
      return Promise.resolve(undefined);
    },
    async declinePin({ questionId }) {
      pinDesk.decline(questionId);
      return Promise.resolve(undefined);
    },
  } satisfies Handlers['token'];
}
