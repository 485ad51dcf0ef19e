import type { Installation, Proof } from '../../shared/models/credential.ts';
import { InstallError } from '../install/install-target.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { Attendance } from './targets-view.ts';

/** At the start of the wallet, whoever opened it. */
export const nobody: Attendance = { isUnattended: true };

export const hasFailed = ({ proofs }: Installation): boolean =>
  proofs.some(({ status }) => status === 'failed');

export const needsPin = (error: unknown): boolean =>
  error instanceof TokenError && error.reason === 'pin-needed';

/** What the next person who is there is asked for. */
export const needsSomebody = (error: unknown): boolean =>
  needsPin(error) || (error instanceof InstallError && error.reason === 'administrator-needed');

/** Nobody was there to be asked, which is no trouble of what was tried. */
export const waitsForPin = (proof: Proof): boolean =>
  proof.status === 'failed' &&
  proof.failure.code === 'token' &&
  proof.failure.reason === 'pin-needed';
