import type { Failure } from '../../shared/failure.ts';
import type { RegisteredCredentials } from '../../shared/models/organization.ts';
import { isolated } from '../bidi.ts';
import { problemKind } from '../failure/failure-words.ts';
import { shortPlace } from '../key-place-words.ts';
import type { Words } from '../words.ts';

/** A passkey or a key pair that an organisation knows as this person's. */
export interface RegisteredWay {
  readonly kind: 'passkey' | 'key';
  readonly id: string;
  readonly name: string;
  /** Where a key pair lies. */
  readonly where?: string;
  readonly registeredAt: string;
}

/** Passkeys, then key pairs, the youngest of each first. */
export function registeredWays(
  { passkeys, keys }: Pick<RegisteredCredentials, 'passkeys' | 'keys'>,
  words: Words,
): readonly RegisteredWay[] {
  const { say } = words;
  const youngestFirst = (one: RegisteredWay, other: RegisteredWay): number =>
    other.registeredAt.localeCompare(one.registeredAt);
  return [
    ...passkeys
      .map(({ id, name = '', createdAt }): RegisteredWay => ({
        kind: 'passkey',
        id,
        name: name === '' ? say('ways.passkey') : isolated(name),
        registeredAt: createdAt,
      }))
      .toSorted(youngestFirst),
    ...keys
      .map(({ thumbprint, place, token = '', registeredAt }): RegisteredWay => ({
        kind: 'key',
        id: thumbprint,
        name: say('ways.key'),
        where: shortPlace(place, token, words),
        registeredAt,
      }))
      .toSorted(youngestFirst),
  ];
}

/** The CA has to be shown something else first, and not long ago. */
export const wantsAnotherProof = (failure: Failure): boolean =>
  failure.code === 'acme-problem' && problemKind(failure.problem.type) === 'unauthorized';
