import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { TokenView } from '../../shared/models/token.ts';
import { inWords } from '../certificates/self-signed.ts';
import { certificateInTheWay } from '../keys/certificate-in-the-way.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { EnrollmentPlan } from '../wallet/enrollment-journal.ts';
import type { KeyPlaces } from './choose-key.ts';

type PlannedKey = EnrollmentPlan['key'];

/**
 * The key with the certificate beside it that the person lets go for the new one. Throws `TokenError`
 * `certificate-in-the-way` when there is one of which nobody has said so.
 */
export function withConsent(
  key: PlannedKey,
  keyPlace: KeyPlaceChoice | undefined,
  { modules, referenceOf }: Pick<KeyPlaces, 'modules' | 'referenceOf'>,
): PlannedKey {
  const { existing, token: planned } = key;
  if (existing === undefined || planned === undefined) return key;
  const agreed = keyPlace?.in === 'token' ? keyPlace.replaces : undefined;
  const consented = agreed === undefined ? key : { ...key, replaces: agreed };
  for (const { name, readers } of modules) {
    for (const { token } of readers) {
      if (token === null) continue;
      const { serial, label, modulePath } = referenceOf(token.tokenId);
      const isMeant =
        serial === planned.serial && label === planned.label && modulePath === planned.modulePath;
      if (isMeant) requireConsent(consented, token, name);
    }
  }
  return consented;
}

/** Looks at the token as it is now. Throws as `withConsent` does. */
export function requireConsent(
  { existing, replaces }: PlannedKey,
  token: TokenView,
  moduleName: string,
): void {
  if (existing === undefined) return;
  const there = certificateInTheWay(token, existing);
  if (there === null || there.fingerprint === replaces) return;
  const where = { module: moduleName, token: token.label };
  const facts = { reason: 'certificate-in-the-way', ...where, detail: inWords(there) } as const;
  throw new TokenError(facts, 'choosing a key with a certificate');
}
