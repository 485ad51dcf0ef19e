import type { Json } from '../acme/objects.ts';
import type { Kind } from '../credentials/credentials.ts';
import type { Judgement, Opened, Trial } from '../trial.ts';
import { certProver } from './cert.ts';
import { hotpProver } from './hotp.ts';
import { keyProver } from './key.ts';
import { otpProver } from './otp.ts';
import { passkeyProver } from './passkey.ts';
import type { Prover } from './prover.ts';
import { totpProver } from './totp.ts';

export const provers: { readonly [K in Kind]: Prover<K> } = {
  totp: totpProver,
  hotp: hotpProver,
  otp: otpProver,
  cert: certProver,
  passkey: passkeyProver,
  key: keyProver,
};

/** A right response, whatever kind of proof it takes. */
async function rightResponse<K extends Kind>(opened: Opened<K>, trial: Trial): Promise<Json> {
  const prover: Prover<K> = provers[opened.holder.kind];
  return prover.right(opened, trial);
}

export async function answerRightly<K extends Kind>(
  opened: Opened<K>,
  trial: Trial,
): Promise<Judgement> {
  return trial.answer(opened, await rightResponse(opened, trial));
}
