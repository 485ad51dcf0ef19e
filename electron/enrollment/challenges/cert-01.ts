import { displayText } from '../../../shared/models/text.ts';
import { signChallenge } from '../../acme/compact-jws.ts';
import { tokenKind } from '../../acme/challenge.ts';
import { nameOfDer } from '../../certificates/distinguished-name.ts';
import { misfitOf, ranked, type Wanted } from '../../credentials/candidate.ts';
import { EnrollmentError } from '../enrollment-error.ts';
import { notAnAnswer, type Asked, type ChallengeType, type ProofRooms } from './challenge-type.ts';

/** Shown of the issuers that a CA wants; it may list as many as a TLS server. */
const mostIssuersShown = 16;

/** A certificate that the person has, and its key (docs/wire-profile.md). */
export const cert01: ChallengeType = {
  kind: 'certificate',
  type: 'cert-01',

  show: (asked, rooms) => {
    // What is no random value of base64url is signed for nobody.
    if (tokenKind(asked.challenge) !== 'sound') return { kind: 'unsupported', because: 'token' };
    const wanted = wantedBy(asked, rooms);
    const fitting = rooms.certificates
      .list()
      .filter((each) => misfitOf(each, wanted) === undefined);
    return {
      kind: 'certificate',
      candidates: ranked(fitting, rooms.certificates.organizationId).map(({ view }) => view),
      issuers: issuersIn(asked),
    };
  },

  respond: async (asked, answer, { rooms, signal }) => {
    if (answer.by !== 'certificate') throw notAnAnswer();
    const { certificates, client, approvalDigest } = rooms;
    const found = certificates.list().find(({ view }) => view.candidateId === answer.candidateId);
    const reason = found === undefined ? 'gone' : misfitOf(found, wantedBy(asked, rooms));
    if (found === undefined || reason !== undefined) {
      const failure = { code: 'candidate', reason: reason ?? 'gone' } as const;
      throw new EnrollmentError(failure, 'choosing a certificate');
    }
    const x5c = found.chain.map((der) => der.toString('base64'));
    const sig = await certificates.lend(found, signal, (signer) =>
      signChallenge(
        signer,
        { typ: 'acme-cert-01+jws', x5c },
        { challenge: asked.challenge, thumbprint: client.thumbprint, approvalDigest },
      ),
    );
    return { sig };
  },
};

function wantedBy({ challenge }: Asked, { client, clock, expires }: ProofRooms): Wanted {
  const { issuers, algs } = challenge;
  return {
    issuers: issuers?.map((name) => Buffer.from(name, 'base64url')),
    algorithms: algs,
    now: clock.now(),
    until: expires,
    accountThumbprint: client.thumbprint,
  };
}

/** Names that can be read and shown; what cannot be is no certificate's issuer. */
function issuersIn({ challenge: { issuers = [] } }: Asked): readonly string[] {
  const names = issuers.flatMap((name) => {
    const text = nameOfDer(Buffer.from(name, 'base64url'));
    return displayText(300).safeParse(text).data ?? [];
  });
  return [...new Set(names)].slice(0, mostIssuersShown);
}
