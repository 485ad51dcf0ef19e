import { byRecord } from './by-record.ts';
import { cert01 } from './cert-01.ts';
import type { ChallengeType } from './challenge-type.ts';
import { hotp01, totp01 } from './digits.ts';
import { otp01 } from './otp-01.ts';
import { ppkp01 } from './ppkp-01.ts';

const types: readonly ChallengeType[] = [
  ppkp01,
  cert01,
  totp01,
  hotp01,
  otp01,
  byRecord('dns-01'),
  byRecord('dns-account-01'),
  byRecord('dns-persist-01'),
];

/** The types by which this wallet can prove a domain. */
export const domainChallengeTypes: readonly string[] = types
  .filter(({ kind }) => kind === 'record')
  .map(({ type }) => type);

/** Undefined: this wallet cannot answer challenges of that type. */
export function challengeType(type: string): ChallengeType | undefined {
  return types.find((known) => known.type === type);
}
