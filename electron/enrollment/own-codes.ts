import type { OwnCodesHere } from './challenges/challenge-type.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';

/** The wallet's own authenticator, for the organisation of one enrolment. */
export function ownCodesOf(
  { record }: Pick<Run, 'record'>,
  { ownCodes }: Pick<Rooms, 'ownCodes'>,
): OwnCodesHere | undefined {
  const { organizationId } = record.plan;
  return (
    ownCodes && {
      offers: (type) => ownCodes.offers(organizationId, type),
      code: (type, signal) => ownCodes.code(organizationId, type, signal),
    }
  );
}
