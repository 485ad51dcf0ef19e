import { byRecord } from './by-record.ts';
import type { ChallengeType } from './challenge-type.ts';
import { totp01 } from './totp-01.ts';

const types: readonly ChallengeType[] = [
  totp01,
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
