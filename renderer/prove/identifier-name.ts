import type { Identifier } from '../../shared/failure.ts';
import type { MessageId } from '../words.ts';

/** The words for a type of identifier; the value goes into them. */
export function identifierName({ type }: Identifier): MessageId {
  switch (type) {
    case 'email':
      return 'identifier.email';
    case 'dns':
      return 'identifier.dns';
    case 'permanent-identifier':
      return 'identifier.device';
    default:
      return 'identifier.other';
  }
}
