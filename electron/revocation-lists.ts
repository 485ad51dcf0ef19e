import { HttpError } from './http/http-client.ts';
import type { SignedExchange } from './http/signed-exchange.ts';
import type { ReadRevocationList } from './install/network/own-look.ts';

const timeout = 10_000;
const maximumSize = 4 * 1024 * 1024;

/** Gets lists of revoked certificates (RFC 5280 §4.2.1.13), most of which are published in clear: their issuers have signed them. */
export const revocationListsBy =
  (exchange: SignedExchange): ReadRevocationList =>
  async (url, options) => {
    const wish = { timeout, maximumSize, ...options };
    const { status, body } = await exchange({ method: 'GET', url, ...wish });
    if (status !== 200) throw new HttpError('response-malformed', new URL(url).host);
    return body;
  };
