import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { Outcome } from './exit-code.ts';
import { inEnglish } from './localized.ts';
import { inHouse, type CommandRooms } from './rooms.ts';

const day = 86_400_000;

/** `countersign credentials`. */
export function listCredentials(rooms: CommandRooms): Promise<Outcome> {
  return inHouse(rooms.openHouse({}), (house) => {
    const now = rooms.now();
    const credentials = house.credentials.summaries();
    rooms.output.result(
      {
        version: 1,
        at: now.toISOString(),
        credentials: credentials.map((each) => shown(each, now)),
      },
      credentials.length === 0
        ? ['The wallet has no credentials.']
        : credentials.map((each) => lineOf(each, now)),
    );
    return Promise.resolve('done');
  });
}

function shown(credential: CredentialSummary, now: Date): object {
  const { id, organizationId, offerId, name, purpose, subject, status, issuedAt } = credential;
  const { notBefore, notAfter, key, installations } = credential;
  return {
    ...{ id, organizationId, offerId, name: inEnglish(name), purpose, subject, status, issuedAt },
    ...{ notBefore, notAfter, daysLeft: daysLeft(credential, now), key },
    installations: installations.map(({ target, location }) => ({ target, location })),
  };
}

function lineOf(credential: CredentialSummary, now: Date): string {
  const { id, name, subject, status, key } = credential;
  const place = key.token === undefined ? key.place : `${key.place} “${key.token.label}”`;
  return `${id}: ${inEnglish(name)}, ${subject}, ${status}, ${daysLeft(credential, now)} days left, ${key.type} in ${place}`;
}

const daysLeft = ({ notAfter }: CredentialSummary, now: Date): number =>
  Math.floor((Date.parse(notAfter) - now.getTime()) / day);
