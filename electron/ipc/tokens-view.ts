import type { TokensView } from '../../shared/models/token.ts';
import type { TokenCare } from '../credentials/token-care.ts';
import type { PinDesk } from '../keys/pin-desk.ts';
import type { TokenAccess } from '../pkcs11/token-access.ts';

export interface TokenSources {
  readonly tokens: Pick<TokenAccess, 'status'>;
  readonly tokenCare: Pick<TokenCare, 'modules'>;
  readonly pinDesk: Pick<PinDesk, 'question'>;
}

/** Everything the page may know of tokens, in one piece. */
export function tokensView({ tokens, tokenCare, pinDesk }: TokenSources): TokensView {
  return {
    status: tokens.status,
    modules: tokenCare.modules,
    pinQuestion: pinDesk.question,
  };
}
