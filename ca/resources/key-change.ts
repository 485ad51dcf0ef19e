import { importAccountKey } from '../account-key.ts';
import type { AccountKey } from '../account-key.ts';
import { json } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import {
  parseJson,
  readAlgorithm,
  readFlattenedJws,
  readHeader,
  readJsonObject,
  verifyJws,
} from '../jws.ts';
import { Problem } from '../problems.ts';
import type { AccountRequest } from '../requests.ts';
import { accountObject } from './objects.ts';

const WHAT = 'The inner JWS';

/** RFC 8555 §7.3.5: the old key hands the account over, the new key takes it. */
export function keyChange(request: AccountRequest, authority: Authority): Answer {
  const { state, urls, faults } = authority;
  const newKey = verifyInner(request, authority);
  const faulty = faults.strike('rolloverConflict', request) !== undefined;
  return state.transaction(() => {
    const { account } = request;
    const holder = state.accounts.findByThumbprint(newKey.thumbprint);
    if (holder !== undefined || faulty) {
      throw new Problem('malformed', 'An account with the new key exists.', {
        status: 409,
        headers: { Location: urls.to('account', holder?.id ?? account.id) },
      });
    }
    state.accounts.changeKey(account.id, newKey.jwk, newKey.thumbprint);
    const changed = { ...account, jwk: newKey.jwk, thumbprint: newKey.thumbprint };
    return json(200, accountObject(changed, authority));
  });
}

/** Steps 2 to 8 of §7.3.5; the new key, when all of them pass. */
function verifyInner(request: AccountRequest, authority: Authority): AccountKey {
  const jws = readFlattenedJws(parseJson(request.payload, WHAT), WHAT);
  const header = readHeader(jws, 'the inner JWS');
  if (!('jwk' in header)) throw new Problem('malformed', `${WHAT} has no "jwk".`);
  for (const name of ['nonce', 'kid']) {
    if (name in header) throw new Problem('malformed', `${WHAT} may not have a "${name}".`);
  }
  const algorithm = readAlgorithm(header);
  const newKey = importAccountKey(header['jwk']);
  if (!newKey.algorithms.includes(algorithm)) {
    throw new Problem('badPublicKey', `A key of this kind does not sign with ${algorithm}.`);
  }
  verifyJws(jws, newKey, algorithm);
  if (header['url'] !== request.url) {
    throw new Problem('malformed', `${WHAT} has not the "url" of the request around it.`);
  }
  checkKeyChange(Buffer.from(jws.payload, 'base64url'), request, authority);
  return newKey;
}

function checkKeyChange(payload: Buffer, { account }: AccountRequest, { urls }: Authority): void {
  const change = readJsonObject(payload, 'The keyChange object');
  if (change['account'] !== urls.to('account', account.id)) {
    throw new Problem('malformed', 'The keyChange object is about another account.');
  }
  const { thumbprint } = importAccountKey(change['oldKey']);
  if (thumbprint !== account.thumbprint) {
    throw new Problem('malformed', 'The "oldKey" is not the key of the account.');
  }
}
