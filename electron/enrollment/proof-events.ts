import type { Failure } from '../../shared/failure.ts';
import type { ActivityEntry } from '../../shared/models/credential.ts';
import type { Challenge } from '../acme/challenge.ts';
import type { JsonObject } from '../acme/json.ts';
import type { Asked } from './challenges/challenge-type.ts';
import { challengeType } from './challenges/challenge-types.ts';

type Events = readonly ActivityEntry['event'][];

/** What the person reads afterwards of an answer that went to the CA. */
export function sentEvent({ challenge }: Asked, response: JsonObject): Events {
  switch (challengeType(challenge.type)?.kind) {
    case 'code':
      return ['code-sent'];
    case 'certificate':
      return ['certificate-used'];
    case 'passkey':
      return ['credential' in response ? 'passkey-used' : 'key-used'];
    default:
      return [];
  }
}

/** Of an answer that the CA did not take; one that it never judged is none. */
export function refusedEvent(challenge: Challenge | undefined, { code }: Failure): Events {
  if (challenge === undefined || code !== 'acme-problem') return [];
  switch (challengeType(challenge.type)?.kind) {
    case 'code':
      return ['code-refused'];
    case 'certificate':
    case 'passkey':
      return ['proof-refused'];
    default:
      return [];
  }
}
